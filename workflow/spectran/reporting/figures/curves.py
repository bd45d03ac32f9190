"""Validation NDCG@20 against the epoch."""

import pandas as pd
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import MaxNLocator

from spectran.reporting.figures.panels import grid, legend, of_places
from spectran.reporting.figures.shown import panels_of, shown_places, with_places
from spectran.reporting.figures.style import finish, looks
from spectran.reporting.findings import Findings

METRIC = "ndcg@20"
COLUMNS = ["place", "dataset", "backbone", "method", "method_label", "dim", "seed", "epoch", "loss", METRIC]


def data(findings: Findings) -> pd.DataFrame:
    """One row a cell, final member and epoch; `drawn` of those in the picture."""
    main = findings.part("main")
    trials = main.frames.trials
    final = with_places(main, main.labelled(trials[trials["phase"] == "final"]))
    final["drawn"] = shown_places(final) & (final["seed"] == findings.study.seeds[0])
    return final[["drawn", *COLUMNS]]


def draw(findings: Findings) -> Figure:
    """One panel a dataset and backbone, a row a dataset; one line a method, of the first seed."""
    curves = data(findings)
    curves = curves[curves["drawn"]]
    panels = panels_of(curves)
    styles, backbones = looks(findings.study), curves["backbone"].nunique()
    titles, across = of_places(panels, backbones)
    figure, axes = grid(
        titles,
        list(curves["method_label"].unique()),
        columns=across,
        sharey="row" if backbones > 1 else "none",
    )
    drawn: dict[str, Line2D] = {}
    for number, (panel, here) in enumerate(zip(axes, panels.values(), strict=True)):
        for method, curve in here.groupby("method", sort=False):
            ordered, look = curve.sort_values("epoch"), styles[str(method)]
            label = ordered["method_label"].iloc[0]
            (line,) = panel.plot(ordered["epoch"], ordered[METRIC], color=look.colour, label=label, linewidth=1.3)
            if look.dashes:
                line.set_dashes(look.dashes)
            best = ordered.iloc[int(ordered[METRIC].to_numpy().argmax())]
            panel.plot(best["epoch"], best[METRIC], "o", color=look.colour, markersize=4.5, markeredgecolor="white")
            drawn.setdefault(str(method), line)
        panel.xaxis.set_major_locator(MaxNLocator(integer=True, nbins=5))
        panel.set_xlabel("Epoch")
        if number % across == 0:
            panel.set_ylabel("Validation NDCG@20")
    for panel in axes:  # only now: setting a limit stops the scaling of all panels of a row
        panel.set_ylim(bottom=0)
    legend(figure, list(drawn.values()))
    finish(figure)
    return figure
