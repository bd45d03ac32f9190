"""Validation NDCG@20 against the epoch."""

import pandas as pd
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import MaxNLocator

from spectran.reporting.figures.panels import grid, legend
from spectran.reporting.figures.style import finish, lines
from spectran.reporting.findings import Findings

METRIC = "ndcg@20"


def data(findings: Findings) -> pd.DataFrame:
    """One row a cell, final member and epoch."""
    trials = findings.frames.trials
    final = findings.labelled(trials[trials["phase"] == "final"])
    final["place"] = [findings.place_of(row) for _, row in final.iterrows()]
    return final[["place", "dataset", "backbone", "method", "method_label", "dim", "seed", "epoch", "loss", METRIC]]


def draw(findings: Findings) -> Figure:
    """One panel a dataset, backbone and dimension; one line a method and seed."""
    panels = dict(list(data(findings).groupby("place", sort=False)))
    looks = lines(findings.study)
    figure, axes = grid([str(place) for place in panels], findings.method_labels)
    drawn: dict[str, Line2D] = {}
    for panel, curves in zip(axes, panels.values(), strict=True):
        for (method, _), curve in curves.groupby(["method", "seed"], sort=False):
            ordered, look = curve.sort_values("epoch"), looks[str(method)]
            label = ordered["method_label"].iloc[0]
            (line,) = panel.plot(ordered["epoch"], ordered[METRIC], color=look.colour, label=label, linewidth=1.3)
            if look.dashes:
                line.set_dashes(look.dashes)
            best = ordered.iloc[int(ordered[METRIC].to_numpy().argmax())]
            panel.plot(best["epoch"], best[METRIC], "o", color=look.colour, markersize=4.5, markeredgecolor="white")
            drawn.setdefault(str(method), line)
        panel.set_ylim(bottom=0)
        panel.xaxis.set_major_locator(MaxNLocator(integer=True))
        panel.set_xlabel("Epoch")
        panel.set_ylabel("Validation NDCG@20")
    legend(figure, list(drawn.values()))
    finish(figure)
    return figure
