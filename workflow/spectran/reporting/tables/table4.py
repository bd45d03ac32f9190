"""Table 4: accuracy at several item dimensions."""

from spectran.reporting.accuracy_table import COLUMNS, accuracy_entries, how_measured, percent_entries
from spectran.reporting.findings import Findings
from spectran.reporting.frames import KEYS
from spectran.reporting.gains import gains
from spectran.reporting.limits import limit_notes
from spectran.reporting.render.table import Table
from spectran.reporting.significance import COLUMNS as TESTS
from spectran.reporting.significance import significance_note, with_significance

#: The method that the paper's text compares SpecTran with here.
RIVAL = "AlphaFuse"


def build(findings: Findings) -> Table:
    """Rows: dimensions from the widest, as in the paper, and their methods; columns: datasets and metrics."""
    part = findings.part("dimension")
    data = with_significance(part, "dimension", part.placed(part.accuracy(part.score, failed=True), dataset=False))
    order = {name: number for number, name in enumerate(part.study.backbones)}
    data = data.sort_values(
        ["backbone", "dim"],
        key=lambda column: column.map(order) if column.name == "backbone" else -column,
        kind="stable",
    ).reset_index(drop=True)
    gain = gains(data, [RIVAL])
    entries = [
        *accuracy_entries(data),
        *percent_entries(gain, "gain_percent", f"SpecTran over {RIVAL}"),
    ]
    tidy = data[[*COLUMNS, *TESTS]].merge(gain[[*KEYS, "metric", "gain_percent"]], on=[*KEYS, "metric"], how="left")
    notes = (how_measured(part), *limit_notes(part), significance_note(part, "dimension"))
    return Table(tuple(entries), tidy, stub="Method", notes=notes)
