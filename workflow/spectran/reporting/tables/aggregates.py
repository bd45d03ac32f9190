"""Methods over all datasets and backbones of the main part."""

import pandas as pd

from spectran.config.statistics import reference_method
from spectran.reporting.findings import Findings, metric_label
from spectran.reporting.render.numbers import NONE, count, ends, fixed
from spectran.reporting.render.table import Entry, Table, nothing

#: Statistic: head of its columns.
STATISTICS = {
    "mean": "Mean",
    "iqm": "Interquartile mean",
    "probability_of_improvement": "Chance that {reference} is better",
}


def build(findings: Findings) -> Table:
    """One row a method, by the main metric; the tidy form has all metrics."""
    part = findings.part("main")
    labels = part.frames.cells.drop_duplicates("method").set_index("method")["method_label"]
    order = {method: number for number, method in enumerate(labels.index)}
    data = part.frames.aggregates
    data = data[data["part"].eq("main") & data["method"].isin(order)]
    data = data.assign(method_label=data["method"].map(labels))
    shown = data[data["metric"] == part.main_metric].sort_values("method", key=lambda names: names.map(order))
    reference = labels.get(reference_method(part.study.statistics, part.study.methods) or "", "the reference")
    entries = []
    for label, rows in shown.groupby("method_label", sort=False):
        found = rows.set_index("statistic")
        for statistic, head in STATISTICS.items():
            entries += _pair(("", str(label)), head.format(reference=reference), found, statistic)
        entries.append(Entry(("", str(label)), ("", "cells"), count(found["cells"].max())))
    return Table(
        tuple(entries) or nothing("Methods"),
        data[["part", "method", "method_label", "metric", "statistic", "value", "low", "high", "cells"]],
        stub="Method",
        notes=(_note(part),),
    )


def _pair(row: tuple[str, str], group: str, found: pd.DataFrame, statistic: str) -> list[Entry]:
    if statistic not in found.index:
        return [Entry(row, (group, column), NONE) for column in ("value", "interval")]
    value, low, high = (float(found[column][statistic]) for column in ("value", "low", "high"))
    return [
        Entry(row, (group, "value"), fixed(value, 3)),
        Entry(row, (group, "interval"), ends(low, high, 3)),
    ]


def _note(part: Findings) -> str:
    cells, statistics = part.frames.cells, part.study.statistics
    base = cells.loc[cells["method_row"] == "Base", "method_label"]
    unit = (
        f"in units of {base.iloc[0]}'s mean in the same dataset and backbone, for datasets differ in size"
        if len(base)
        else "as it is, for the bare backbone is not in this part"
    )
    alone = (
        " With one seed there is no interval, and the chance only counts datasets and backbones."
        if len(part.study.seeds) == 1
        else ""
    )
    return (
        f"{metric_label(part.main_metric)} {unit}. The interquartile mean is that of the middle half of all runs. The "
        "chance is that of one run against one of the other method, averaged over datasets and backbones (ties count "
        f"half); 0.5 is none. Intervals: stratified bootstrap over seeds, {100 * statistics.confidence:g} %, "
        f"{statistics.resamples:,} resamples: for other trainings on these datasets, not for other datasets.{alone}"
    )
