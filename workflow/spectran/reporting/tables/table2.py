"""Table 2: ranking accuracy by the study's score, laid out as in the paper."""

from spectran.reporting.accuracy_table import COLUMNS, accuracy_entries, how_measured, percent_entries
from spectran.reporting.findings import Findings
from spectran.reporting.frames import KEYS
from spectran.reporting.gains import gains
from spectran.reporting.limits import limit_notes
from spectran.reporting.render.table import Table
from spectran.reporting.significance import COLUMNS as TESTS
from spectran.reporting.significance import significance_note, with_significance


def build(findings: Findings) -> Table:
    """Rows: backbones, their methods and SpecTran's improvement; columns: datasets and metrics."""
    part = findings.part("main")
    data = with_significance(part, "main", part.placed(part.accuracy(part.score, failed=True), dataset=False))
    improvement = gains(data, part.printed.methods)
    entries = [*accuracy_entries(data), *percent_entries(improvement, "gain_percent", "Improvement", 2)]
    tidy = data[[*COLUMNS, *TESTS]].merge(
        improvement[[*KEYS, "metric", "rival", "gain_percent"]], on=[*KEYS, "metric"], how="left"
    )
    notes = [how_measured(part), *limit_notes(part), significance_note(part, "main")]
    if not improvement.empty:
        notes.append("Improvement: SpecTran over the best other method of the paper's Table 2, in each column.")
    return Table(tuple(entries), tidy, stub="Method", notes=tuple(notes))
