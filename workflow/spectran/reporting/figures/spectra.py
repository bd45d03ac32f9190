"""The spectra seen two other ways: the centred table's own singular values, and the item table."""

import pandas as pd
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from spectran.reporting.cumulative_shares import cumulative_shares
from spectran.reporting.figures.panels import grid, legend
from spectran.reporting.figures.shown import shown_backbone, shown_dimension, with_places
from spectran.reporting.figures.spectra_panels import draw_shares, legend_labels, without_semantic
from spectran.reporting.figures.style import finish, looks
from spectran.reporting.findings import Findings

#: View: title of the panel.
VIEWS = {"semantic": "semantic, centred", "item": "item, covariance"}
COLUMNS = ["drawn", "view", "place", "dataset", "backbone", "method", "method_label", "dim", "table", "index", "share"]


def data(findings: Findings) -> pd.DataFrame:
    """Shares of both views, told apart by the column `view` ('semantic' or 'item'); `drawn` as in Figure 1."""
    main = findings.part("main")
    semantic = cumulative_shares(main, "semantic", "centred").assign(view="semantic")
    item = cumulative_shares(main, "item", "covariance").assign(view="item")
    both = with_places(main, pd.concat([semantic, item], ignore_index=True))
    both["drawn"] = shown_backbone(both) & shown_dimension(both)
    return both[COLUMNS]


def draw(findings: Findings) -> Figure:
    """One row a dataset, with one backbone and dimension; the two views side by side."""
    shares = data(findings)
    shares = shares[shares["drawn"]]
    places = list(dict.fromkeys(shares["place"]))
    titles = [f"{place}\n{title}" for place in places for title in VIEWS.values()]
    styles, without = looks(findings.study), without_semantic(shares[shares["view"] == "semantic"])
    figure, axes = grid(titles, legend_labels(shares, without))
    drawn: dict[str, Line2D] = {}
    views = [(place, view) for place in places for view in VIEWS]
    for panel, (place, view) in zip(axes, views, strict=True):
        curves = shares[(shares["place"] == place) & (shares["view"] == view)]
        drawn |= draw_shares(panel, curves, styles, without)
    legend(figure, list(drawn.values()))
    finish(figure)
    return figure
