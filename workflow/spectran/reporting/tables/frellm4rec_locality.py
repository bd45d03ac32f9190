"""Accuracy of users by the locality of their sequences."""

from collections.abc import Iterator, Mapping
from typing import Any

import pandas as pd

from spectran.config.frequency_cells import PART
from spectran.reporting.findings import Findings, metric_label
from spectran.reporting.frames import KEYS
from spectran.reporting.frequency_cells import (
    FULL,
    SASREC,
    SPECTRAN_CELL,
    VANILLA,
    cell_label,
    first_of,
    frequency_cells,
    metric_of,
)
from spectran.reporting.locality_groups import GROUPED
from spectran.reporting.render.numbers import count, ends, interval
from spectran.reporting.render.table import Entry, Table, nothing

#: Who is shown, in this order.
ROLES = (VANILLA, FULL, SASREC, SPECTRAN_CELL)
AHEAD = "FreLLM4Rec ahead by"
USERS, RANGE = "Users", "Locality"


def by_locality(findings: Findings) -> pd.DataFrame:
    """The columns of `frequency_cells` and of `frames.locality`, by one metric, of the cells that are shown."""
    part, metric = findings.part(PART), metric_of(findings)
    frame = part.frames.locality
    cells = first_of(frequency_cells(findings), *ROLES)
    return cells.merge(frame[frame["metric"] == metric], on=KEYS, validate="one_to_many")


def build(findings: Findings) -> Table:
    """Rows: methods of each dataset; columns: groups of users, from the least local."""
    part, metric = findings.part(PART), metric_of(findings)
    data = by_locality(findings)
    entries: list[Entry] = []
    for place, here in data.groupby("dataset_label", sort=False):
        for row in here.drop_duplicates("group").sort_values("group").to_dict("records"):
            texts = {USERS: count(row["users"]), RANGE: ends(row["lowest"], row["highest"], 3)}
            for name, text in texts.items():
                entries.append(Entry((str(place), name), (_group(row), metric_label(metric)), text))
                entries.append(Entry((str(place), name), (_group(row), AHEAD), ""))
        entries += [entry for row in here.to_dict("records") for entry in _line(row, metric)]
    return Table(
        tuple(entries) or nothing("Users"),
        data[[*KEYS, "role", *GROUPED]],
        stub="Backbone · method",
        notes=tuple(_notes(part)),
    )


def _line(row: Mapping[Any, Any], metric: str) -> Iterator[Entry]:
    head = (row["dataset_label"], cell_label(row))
    value = interval(row["value"], row["low"], row["high"])
    yield Entry(head, (_group(row), metric_label(metric)), value, link=f"{row['path']}/ranks.parquet")
    difference = interval(row["difference"], row["difference_low"], row["difference_high"], sign=True)
    yield Entry(head, (_group(row), AHEAD), difference)


def _group(row: Mapping[Any, Any]) -> str:
    return f"Group {row['group']}"


def _notes(part: Findings) -> Iterator[str]:
    options = part.study.parts.frellm4rec
    if options is None:
        return
    yield (
        "Locality of a user's train sequence: the mean over pairs of neighbouring items of how often others have both, "
        "(W_ij − 1) / √((W_ii − 1)(W_jj − 1)) with W counting users, the user's own left out; 0 where nobody else has "
        f"one of the two. Group 1 is the least local of {options.quantiles} cut at the quantiles; users with the same "
        "locality stay together, and users with fewer than two different train items are left out."
    )
    yield (
        f"In brackets: intervals over users ({100 * part.study.statistics.confidence:g} %, Student's t of each user's "
        f"mean over the seeds). {AHEAD}: FreLLM4Rec on the same language model minus this method, the same users "
        "compared; not corrected for the number of groups."
    )
