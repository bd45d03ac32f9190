"""Accuracy in groups of items and users, and who gains."""

from collections.abc import Iterator, Mapping
from typing import Any

from spectran.reporting.findings import Findings, metric_label
from spectran.reporting.frames import KEYS
from spectran.reporting.render.numbers import count, interval, percent
from spectran.reporting.render.table import Entry, Table, nothing
from spectran.reporting.user_groups import LABELS, definitions, group_results, reference_of

USERS = "Users"
MARK = "*"
COLUMNS = ["users", "value", "low", "high", "difference", "difference_low", "difference_high", "apart"]


def build(findings: Findings) -> Table:
    """Rows: methods of each dataset and backbone; columns: a group's value, and how far SpecTran is ahead in it."""
    part = findings.part("main")
    metric, reference = part.main_metric, reference_of(part)
    data = group_results(part, metric)
    ahead = "" if reference is None else f"{part.study.methods[reference].label} ahead by"
    entries: list[Entry] = []
    for place, here in data.groupby("place", sort=False):
        for row in here.drop_duplicates("group").to_dict("records"):
            users = (str(place), USERS)
            entries.append(Entry(users, (LABELS[row["group"]], metric_label(metric)), count(row["users"])))
            entries += [Entry(users, (LABELS[row["group"]], ahead), "")] if ahead else []
        entries += [entry for row in here.to_dict("records") for entry in _line(row, metric, ahead)]
    return Table(
        tuple(entries) or nothing("Groups"),
        data[[*KEYS, "metric", "group", *COLUMNS]],
        stub="Method",
        notes=tuple(_notes(part)),
    )


def _line(row: Mapping[Any, Any], metric: str, ahead: str) -> Iterator[Entry]:
    head, group = (row["place"], row["method_label"]), LABELS[row["group"]]
    value = interval(row["value"], row["low"], row["high"])
    yield Entry(head, (group, metric_label(metric)), value, link=f"{row['path']}/ranks.parquet")
    if ahead:
        difference = interval(row["difference"], row["difference_low"], row["difference_high"], sign=True)
        yield Entry(head, (group, ahead), difference, sign=MARK if row["apart"] else "")


def _notes(part: Findings) -> Iterator[str]:
    confidence = percent(100 * part.study.statistics.confidence, 0)
    yield definitions(part.study.groups)
    yield (
        f"In brackets: {confidence} intervals over the users of the group (Student's t of each user's mean over the "
        "seeds), which one user does not have; a difference's interval is of the users' own differences. A dash: no "
        "user in the group, or nothing to compare with."
    )
    yield (
        f"{MARK}: the interval of the difference excludes 0. Nothing corrects for the number of groups and methods: "
        f"where nothing differs, about one comparison in {round(1 / (1 - part.study.statistics.confidence))} is marked "
        "all the same."
    )
