"""Table 3 beside the paper's printed numbers, with the deviation."""

from spectran.reporting.accuracy_comparison import accuracy_comparison, dimension_notes
from spectran.reporting.findings import Findings
from spectran.reporting.render.table import Table


def build(findings: Findings) -> Table:
    """One row a variant, grouped by dataset and backbone; one row for a group with no printed number."""
    part = findings.part("ablation")
    return accuracy_comparison(part, *dimension_notes(part))
