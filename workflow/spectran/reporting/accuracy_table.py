"""The layout of the paper's Tables 2 to 4: methods below each other, datasets and metrics beside each other."""

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from spectran.reporting.findings import Findings, metric_label
from spectran.reporting.frames import KEYS
from spectran.reporting.render.numbers import NONE, percent, spread
from spectran.reporting.render.table import Entry, Head, Mark, place_marks

#: Columns of the tidy form.
COLUMNS = [*KEYS, "method_label", "metric", "ours", "sd", "seeds", "printed", "absolute", "relative"]
#: Rows that compete for best and second, by default.
WITHIN = ("dataset", "backbone", "dim", "metric")


def accuracy_entries(data: pd.DataFrame, within: Sequence[str] = WITHIN) -> list[Entry]:
    """An entry a cell and metric.

    Args:
        data: what `Findings.accuracy` gives, place (the group of the row) and sign (a mark of significance, or "").
        within: columns that are equal among the numbers that best and second are taken from.
    """
    marks: dict[int, Mark] = {}
    for _, column in data.groupby(list(within), sort=False):
        marks |= dict(zip(column.index, place_marks(column["ours"]), strict=True))
    return [
        Entry(
            (row["place"], row["method_label"]),
            column_of(row),
            spread(row["ours"], row["sd"]),
            mark=marks[index],
            link=f"{row['path']}/ranks.parquet" if pd.notna(row["ours"]) else "",
            sign=row["sign"],
        )
        for index, row in zip(data.index, data.to_dict("records"), strict=True)
    ]


def percent_entries(data: pd.DataFrame, values: str, row: str, digits: int = 1) -> list[Entry]:
    """A row of signed changes below each group of `data`, whose column `values` is in percent."""
    return [
        Entry((found["place"], row), column_of(found), percent(found[values], digits, sign=True))
        for found in data.to_dict("records")
    ]


def column_of(row: Mapping[Any, Any]) -> Head:
    """Dataset and metric."""
    return row["dataset_label"], metric_label(row["metric"])


def filled(entries: Sequence[Entry]) -> list[Entry]:
    """The entries, and a dash wherever a row has nothing in a column that others have."""
    have = {(entry.row, entry.column) for entry in entries}
    columns = dict.fromkeys(entry.column for entry in entries)
    rows = dict.fromkeys(entry.row for entry in entries)
    return [*entries, *(Entry(row, column, NONE) for row in rows for column in columns if (row, column) not in have)]


def how_measured(findings: Findings) -> str:
    """Seeds and ranking score, in a note."""
    least, most = findings.seed_counts[0], findings.seed_counts[-1]
    if most == 1:
        what = f"One seed ({findings.study.seeds[0]}), so no spread over seeds is known"
    else:
        what = f"Mean of {most} seeds" if least == most else f"Mean of {least} to {most} seeds"
    return f"{what}. Ranked by {'cosine' if findings.score == 'cosine' else 'dot product'}."
