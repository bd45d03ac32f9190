"""Table 6 beside the paper's printed numbers, with the deviation."""

from spectran.reporting.comparison import comparison_entries, comparison_notes
from spectran.reporting.component_shares import compared_shares
from spectran.reporting.findings import Findings
from spectran.reporting.frames import KEYS
from spectran.reporting.render.table import Table
from spectran.reporting.tables.table6 import case_place


def build(findings: Findings) -> Table:
    """Two rows a cell, principal and subordinate."""
    part = findings.part("case_study")
    data = part.placed(compared_shares(findings))
    shown = data.assign(
        place=[case_place(row, part) for row in data.to_dict("records")],
        label=data["weights"].str.capitalize(),
        quantity="Mean weight, trained",
        digits=2,
        link=data["path"] + "/weights.parquet",
    )
    columns = [*KEYS, "method_label", "weights", "ours", "printed", "absolute", "relative"]
    return Table(
        tuple(comparison_entries(shown)), data[columns], stub="Weights", notes=tuple(comparison_notes(part, data))
    )
