"""Table 3: SpecTran, its ablations and the bare backbone, and what each change costs."""

import pandas as pd

from spectran.reporting.accuracy_table import COLUMNS, accuracy_entries, column_of, how_measured
from spectran.reporting.findings import Findings
from spectran.reporting.frames import KEYS
from spectran.reporting.gains import changes
from spectran.reporting.limits import limit_notes
from spectran.reporting.render.numbers import percent
from spectran.reporting.render.table import Entry, Table
from spectran.reporting.significance import COLUMNS as TESTS
from spectran.reporting.significance import significance_note, with_significance


def build(findings: Findings) -> Table:
    """Rows: each backbone's variants, then the change of each; columns: datasets and metrics."""
    part = findings.part("ablation")
    data = with_significance(part, "ablation", part.placed(part.accuracy(part.score, failed=True), dataset=False))
    against = changes(data)
    entries: list[Entry] = []
    for place, group in data.groupby("place", sort=False):
        entries += accuracy_entries(group)
        entries += _changes(against[against["place"] == place])
    tidy = data[[*COLUMNS, *TESTS]].merge(
        against[[*KEYS, "metric", "change_percent"]], on=[*KEYS, "metric"], how="left"
    )
    notes = (how_measured(part), *limit_notes(part), significance_note(part, "ablation"))
    return Table(tuple(entries), tidy, stub="Variant", notes=notes)


def _changes(rows: pd.DataFrame) -> list[Entry]:
    return [
        Entry(
            (f"{row['place']}: change against {row['full_label']}", row["method_label"]),
            column_of(row),
            percent(row["change_percent"], sign=True),
        )
        for row in rows.to_dict("records")
    ]
