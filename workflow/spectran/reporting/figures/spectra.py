"""The spectra seen two other ways: the centred table's own singular values, and the item table."""

import pandas as pd
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from spectran.reporting.figures.panels import grid, legend
from spectran.reporting.figures.shares import cumulative_shares
from spectran.reporting.figures.spectra_panels import draw_shares, without_semantic
from spectran.reporting.figures.style import finish, lines
from spectran.reporting.findings import Findings

#: View: title of the panel.
VIEWS = {"semantic": "semantic, centred", "item": "item, covariance"}


def data(findings: Findings) -> pd.DataFrame:
    """Shares of both views, told apart by the column `view` ('semantic' or 'item')."""
    semantic = cumulative_shares(findings, "semantic", "centred").assign(view="semantic")
    item = cumulative_shares(findings, "item", "covariance").assign(view="item")
    both = pd.concat([semantic, item], ignore_index=True)
    both["place"] = [findings.place_of(row) for _, row in both.iterrows()]
    return both[["view", "place", "dataset", "backbone", "method", "method_label", "dim", "table", "index", "share"]]


def draw(findings: Findings) -> Figure:
    """One row a dataset, backbone and dimension; the two views side by side."""
    shares = data(findings)
    places = list(dict.fromkeys(shares["place"]))
    titles = [f"{place}\n{title}" for place in places for title in VIEWS.values()]
    figure, axes = grid(titles, findings.method_labels, columns=2)
    drawn: dict[str, Line2D] = {}
    views = [(place, view) for place in places for view in VIEWS]
    looks, without = lines(findings.study), without_semantic(shares[shares["view"] == "semantic"])
    for panel, (place, view) in zip(axes, views, strict=True):
        curves = shares[(shares["place"] == place) & (shares["view"] == view)]
        drawn |= draw_shares(panel, curves, looks, without)
    legend(figure, list(drawn.values()))
    finish(figure)
    return figure
