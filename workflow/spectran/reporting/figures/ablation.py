"""SpecTran, its ablations and the bare backbone (the paper's Table 3)."""

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.patches import Patch

from spectran.reporting.figures.panels import grid, legend
from spectran.reporting.figures.printed import PRINTED, SIZE, printed_handle
from spectran.reporting.figures.shown import largest, panels_of, shown_dimension
from spectran.reporting.figures.style import finish, looks
from spectran.reporting.findings import Findings, metric_label

#: Share of the distance between two backbones that their bars take.
FILLED = 0.84
COLUMNS = ["dataset", "backbone", "backbone_label", "method", "method_label", "dim", "ours", "sd", "seeds", "printed"]


def data(findings: Findings) -> pd.DataFrame:
    """NDCG at the largest K of every cell of the part; `drawn` of the dimension that is in the picture."""
    part = findings.part("ablation")
    table = part.accuracy(part.score)
    table = table[table["metric"] == largest(part, "ndcg")]
    place = table["dataset_label"]
    if len(table["dim"].unique()) > 1:
        place = place + " · d = " + table["dim"].astype(str)
    table = table.assign(drawn=shown_dimension(table), place=place)
    return table[["drawn", "place", *COLUMNS]].reset_index(drop=True)


def draw(findings: Findings) -> Figure:
    """One panel a dataset, a group of bars a backbone."""
    table = data(findings)
    table = table[table["drawn"]]
    panels = panels_of(table)
    labels = dict(zip(table["method"], table["method_label"], strict=True))
    backbones = dict(zip(table["backbone"], table["backbone_label"], strict=True))
    groups = {name: number for number, name in enumerate(backbones)}
    styles, width = looks(findings.study), FILLED / len(labels)
    has_printed = bool(table["printed"].notna().any())
    figure, axes = grid(list(panels), [*labels.values(), *([PRINTED] if has_printed else [])])
    for panel, here in zip(axes, panels.values(), strict=True):
        for number, method in enumerate(labels):
            bars, look = here[here["method"] == method], styles[method]
            centres = bars["backbone"].map(groups) + (number - (len(labels) - 1) / 2) * width
            panel.bar(
                centres,
                bars["ours"],
                width * 0.9,
                color=look.colour,
                hatch=look.hatch,
                linewidth=0,
                yerr=bars["sd"] if bars["sd"].notna().any() else None,
                error_kw={"elinewidth": 0.9, "ecolor": "#303030"},
            )
            mark = printed_handle()
            panel.plot(centres, bars["printed"], "D", color=mark.get_color(), markerfacecolor="white", markersize=SIZE)
        panel.set_xticks(np.arange(len(groups)), list(backbones.values()))
        panel.grid(visible=False, axis="x")
        panel.set_ylabel(metric_label(largest(findings, "ndcg")))
    patches = [
        Patch(facecolor=styles[method].colour, hatch=styles[method].hatch, linewidth=0, label=label)
        for method, label in labels.items()
    ]
    legend(figure, [*patches, *([printed_handle()] if has_printed else [])])
    finish(figure)
    return figure
