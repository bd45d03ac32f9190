"""Table 4 beside the paper's printed numbers, with the deviation."""

from spectran.reporting.accuracy_comparison import accuracy_comparison
from spectran.reporting.findings import Findings
from spectran.reporting.printed import PRINTED_DIM
from spectran.reporting.render.table import Table

COPIED = (
    f"RLMRec at d = {PRINTED_DIM} is compared with its row of the paper's Table 2, for Table 4 repeats WhitenRec's "
    "numbers there."
)


def build(findings: Findings) -> Table:
    """One row a method, grouped by dataset, backbone and dimension; one row for a group with no printed number."""
    part = findings.part("dimension")
    cells = part.accuracy(part.score)
    copied = (cells["method_row"] == "RLMRec") & (cells["dim"] == PRINTED_DIM) & cells["printed"].notna()
    return accuracy_comparison(part, *([COPIED] if copied.any() else []))
