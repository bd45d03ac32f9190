"""How far the method that the paper is about is ahead of each other method, group by group."""

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from spectran.reporting.figures.panels import grid, legend
from spectran.reporting.figures.shown import panels_of, shown_backbone, shown_dimension
from spectran.reporting.figures.style import Look, finish, looks
from spectran.reporting.findings import Findings, metric_label
from spectran.reporting.user_groups import LABELS, group_results

#: Share of the distance between two groups that their intervals take.
FILLED = 0.8
COLUMNS = ["dataset", "backbone", "method", "method_label", "dim", "group", "users", "metric"]
DIFFERENCE = ["difference", "difference_low", "difference_high"]


def data(findings: Findings) -> pd.DataFrame:
    """One row a cell and group, but for the reference's own; `drawn` of the backbone and dimension in the picture."""
    part = findings.part("main")
    rows = group_results(part, part.main_metric)
    rows = rows[rows["difference"].notna()].reset_index(drop=True)
    return rows.assign(drawn=shown_backbone(rows) & shown_dimension(rows))[["drawn", "place", *COLUMNS, *DIFFERENCE]]


def draw(findings: Findings) -> Figure:
    """One panel a dataset; an interval a method and group, around the mean difference."""
    rows = data(findings)
    rows = rows[rows["drawn"]]
    panels, styles = panels_of(rows), looks(findings.study)
    methods = dict(zip(rows["method"], rows["method_label"], strict=True))
    places = {name: number for number, name in enumerate(LABELS)}
    figure, axes = grid(list(panels), list(methods.values()))
    for number, (panel, here) in enumerate(zip(axes, panels.values(), strict=True)):
        for beside, (method, own) in enumerate(here.groupby("method", sort=False)):
            offset = (beside - (len(methods) - 1) / 2) * FILLED / len(methods)
            _intervals(panel, own["group"].map(places) + offset, own, styles[str(method)])
        panel.axhline(0, color="#303030", linewidth=0.8, zorder=1)
        for border in range(1, len(LABELS)):
            panel.axvline(border - 0.5, color="#d0d0d0", linewidth=0.6)
        panel.set_xticks(range(len(LABELS)), list(LABELS))
        panel.set_xlim(-0.5, len(LABELS) - 0.5)
        panel.grid(visible=False, axis="x")
        if number % 2 == 0:
            panel.set_ylabel(f"Ahead by, {metric_label(findings.main_metric)}")
    legend(figure, [_handle(styles[name], label) for name, label in methods.items()])
    finish(figure)
    return figure


def _intervals(panel: Axes, x: "pd.Series[float]", rows: pd.DataFrame, look: Look) -> None:
    mean, low, high = (rows[name] for name in DIFFERENCE)
    panel.errorbar(
        x,
        mean,
        yerr=[mean - low, high - mean],
        fmt="o",
        color=look.colour,
        markerfacecolor=look.fill,
        markersize=3,
        elinewidth=1.1,
    )


def _handle(look: Look, label: str) -> Line2D:
    return Line2D([], [], color=look.colour, marker="o", markerfacecolor=look.fill, markersize=3, label=label)
