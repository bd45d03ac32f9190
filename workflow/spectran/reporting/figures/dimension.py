"""Accuracy against the item dimension (the paper's Table 4)."""

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import FixedLocator, NullLocator, ScalarFormatter

from spectran.reporting.figures.panels import grid, legend
from spectran.reporting.figures.printed import PRINTED, SIZE, printed_handle
from spectran.reporting.figures.shown import largest, shown_backbone
from spectran.reporting.figures.style import Look, finish, looks
from spectran.reporting.findings import Findings, metric_label

COLUMNS = ["dataset", "backbone", "method", "method_label", "dim", "metric", "ours", "sd", "seeds", "printed"]


def data(findings: Findings) -> pd.DataFrame:
    """NDCG and HR at the largest K, ours and the printed ones; `drawn` of the backbone that is in the picture."""
    part = findings.part("dimension")
    table = part.accuracy(part.score)
    table = table[table["metric"].isin([largest(part, "ndcg"), largest(part, "hr")])]
    place = table["dataset_label"] + " · " + table["backbone_label"]
    table = table.assign(drawn=shown_backbone(table), place=place)
    return table[["drawn", "place", *COLUMNS]].reset_index(drop=True)


def draw(findings: Findings) -> Figure:
    """One row a dataset: NDCG and HR; one line a method."""
    table = data(findings)
    table = table[table["drawn"]]
    panels = [
        (str(place), str(metric), here) for (place, metric), here in table.groupby(["place", "metric"], sort=False)
    ]
    styles = looks(findings.study)
    has_printed = bool(table["printed"].notna().any())
    labels = [*table["method_label"].unique(), *([PRINTED] if has_printed else [])]
    figure, axes = grid([place for place, _, _ in panels], labels)
    drawn: dict[str, Line2D] = {}
    for panel, (_, metric, here) in zip(axes, panels, strict=True):
        for method, line in here.groupby("method", sort=False):
            drawn[str(method)] = _line(panel, line.sort_values("dim"), styles[str(method)])
        dims = sorted(here["dim"].unique())
        panel.set_xscale("log", base=2)
        panel.set_xlim(dims[0] / 1.3, dims[-1] * 1.3)
        panel.xaxis.set_major_locator(FixedLocator(dims))
        panel.xaxis.set_major_formatter(ScalarFormatter())
        panel.xaxis.set_minor_locator(NullLocator())
        panel.set_ylim(bottom=0)
        panel.set_xlabel("Item dimension d")
        panel.set_ylabel(metric_label(metric))
    legend(figure, [*drawn.values(), *([printed_handle()] if has_printed else [])])
    finish(figure)
    return figure


def _line(panel: Axes, line: pd.DataFrame, look: Look) -> Line2D:
    label = str(line["method_label"].iloc[0])
    bars = panel.errorbar(
        line["dim"],
        line["ours"],
        yerr=line["sd"] if line["sd"].notna().any() else None,
        color=look.colour,
        marker="o",
        markersize=4,
        capsize=2,
    )
    drawn: Line2D = bars.lines[0]
    drawn.set_label(label)
    if look.dashes:
        drawn.set_dashes(look.dashes)
    panel.plot(line["dim"], line["printed"], "D", color=look.colour, markerfacecolor="none", markersize=SIZE)
    return drawn
