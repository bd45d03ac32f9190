"""Table 3: SpecTran, its ablations and the bare backbone, and what each change costs."""

import pandas as pd

from spectran.reporting.accuracy_table import COLUMNS, accuracy_entries, column_of, how_measured
from spectran.reporting.findings import Findings
from spectran.reporting.frames import KEYS
from spectran.reporting.gains import changes
from spectran.reporting.limits import limit_notes
from spectran.reporting.render.numbers import percent
from spectran.reporting.render.table import Entry, Table


def build(findings: Findings) -> Table:
    """Rows: each backbone's variants, then the change of each; columns: datasets and metrics."""
    part = findings.part("ablation")
    data = part.placed(part.accuracy(part.score), dataset=False)
    against = changes(data)
    entries: list[Entry] = []
    for place, group in data.groupby("place", sort=False):
        entries += accuracy_entries(group)
        entries += _changes(against[against["place"] == place])
    tidy = data[COLUMNS].merge(against[[*KEYS, "metric", "change_percent"]], on=[*KEYS, "metric"], how="left")
    return Table(tuple(entries), tidy, stub="Variant", notes=(how_measured(part), *limit_notes(part)))


def _changes(rows: pd.DataFrame) -> list[Entry]:
    return [
        Entry(
            (f"{row['place']}: change against {row['full_label']}", row["method_label"]),
            column_of(row),
            percent(row["change_percent"], sign=True),
        )
        for row in rows.to_dict("records")
    ]
