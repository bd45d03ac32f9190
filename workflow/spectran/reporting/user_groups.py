"""Accuracy in groups of users, as the report shows it: one metric, the main part."""

import pandas as pd

from spectran.config.groups import Groups
from spectran.config.statistics import reference_method
from spectran.reporting.findings import Findings

#: Groups in their order, as a reader knows them.
LABELS = {
    "head": "Head items",
    "tail": "Tail items",
    "cold": "Cold items",
    "short": "Short histories",
    "long": "Long histories",
}


def group_results(part: Findings, metric: str) -> pd.DataFrame:
    """Rows of `frames.groups` of one metric, in the order of the study and of `LABELS`.

    Returns:
        The columns of `frames.cells` and of `frames.groups`, place, and apart: whether the interval of the difference
        excludes 0.
    """
    frame = part.frames.groups
    rows = frame[(frame["metric"] == metric) & frame["group"].isin(list(LABELS))]
    order = {name: number for number, name in enumerate(LABELS)}
    rows = rows.sort_values("group", key=lambda column: column.map(order), kind="stable")
    apart = (rows["difference_low"] > 0) | (rows["difference_high"] < 0)
    return part.placed(part.labelled(rows.assign(apart=apart)))


def reference_of(findings: Findings) -> str | None:
    """Name of the method that the study compares all others with; None where it has none."""
    return reference_method(findings.study.statistics, findings.study.methods)


def definitions(groups: Groups) -> str:
    """Who is in which group, in a sentence."""
    return (
        f"A user is in the head where less than {100 * groups.head_share:g} % of all items are more popular in the "
        "train part than the test item, and else in the tail; cold, which is part of the tail, where the test item is "
        f"never in the train part; a history is short with at most {groups.short_history} "
        f"item{'' if groups.short_history == 1 else 's'} that the model reads, and else long."
    )
