"""Effective rank of the trained item table against accuracy, over all cells of Tables 2 and 3."""

import pandas as pd
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from scipy.stats import spearmanr

from spectran.reporting.figures.panels import grid, legend
from spectran.reporting.figures.shown import largest, panels_of
from spectran.reporting.figures.style import finish, looks
from spectran.reporting.findings import Findings, metric_label
from spectran.reporting.frames import KEYS
from spectran.reporting.render.numbers import signed

PARTS = ["main", "ablation"]
#: One marker a backbone, in the order of the study; from the start again after the last.
MARKERS = ("o", "s", "^", "D", "v", "P")
#: Fewer cells than this give no rank correlation.
MIN_CELLS = 3
COLUMNS = ["dataset", "dataset_label", "backbone", "backbone_label", "method", "method_label", "dim"]


def data(findings: Findings) -> pd.DataFrame:
    """One row a cell: effective_rank (mean over the seeds), used (that over the table's width d), and NDCG (`ours`)."""
    collapse = findings.frames.collapse
    wanted = (collapse["table"] == "item") & (collapse["moment"] == "trained")
    wanted &= collapse["measure"] == "effective_rank"
    ranks = collapse[wanted].groupby(KEYS, as_index=False).agg(effective_rank=("value", "mean"))
    accuracy = findings.accuracy(findings.score)
    cells = findings.frames.cells
    chosen = cells.loc[cells[PARTS].any(axis=1), KEYS]
    table = accuracy[accuracy["metric"] == largest(findings, "ndcg")].merge(chosen, on=KEYS)
    table = table.merge(ranks, on=KEYS, validate="one_to_one")
    return table.assign(used=table["effective_rank"] / table["dim"])[[*COLUMNS, "effective_rank", "used", "ours"]]


def rank_correlation(cells: pd.DataFrame) -> float:
    """Spearman's rho of `used` and `ours`; NaN with too few cells, or where either is the same in all."""
    if len(cells) < MIN_CELLS or min(cells["used"].nunique(), cells["ours"].nunique()) == 1:
        return float("nan")
    return float(spearmanr(cells["used"], cells["ours"]).statistic)


def draw(findings: Findings) -> Figure:
    """One panel a dataset; a colour a method, a marker a backbone."""
    table, styles = data(findings), looks(findings.study)
    panels = panels_of(table, "dataset_label")
    methods = dict(zip(table["method"], table["method_label"], strict=True))
    backbones = dict(zip(table["backbone"], table["backbone_label"], strict=True))
    shown = list(backbones.values()) if len(backbones) > 1 else []
    marker = {name: MARKERS[number % len(MARKERS)] for number, name in enumerate(backbones)}
    titles = [f"{name}\nρ = {signed(rank_correlation(cells), 2)}, {len(cells)} cells" for name, cells in panels.items()]
    figure, axes = grid(titles, [*methods.values(), *shown])
    for panel, cells in zip(axes, panels.values(), strict=True):
        for cell in cells.to_dict("records"):
            look = styles[cell["method"]]
            panel.plot(
                100 * cell["used"],
                cell["ours"],
                marker[cell["backbone"]],
                color=look.colour,
                markerfacecolor=look.fill,
                markersize=5.5,
            )
        panel.set_xlabel("Effective rank, % of the width")
        panel.set_ylabel(metric_label(largest(findings, "ndcg")))
    colours = [
        Line2D([], [], ls="", marker="o", color=look.colour, markerfacecolor=look.fill, markersize=5.5, label=label)
        for name, label in methods.items()
        for look in [styles[name]]
    ]
    shapes = [
        Line2D([], [], ls="", marker=marker[name], color="#303030", markerfacecolor="none", markersize=5.5, label=label)
        for name, label in zip(backbones, shown, strict=False)
    ]
    legend(figure, [*colours, *shapes])
    finish(figure)
    return figure
