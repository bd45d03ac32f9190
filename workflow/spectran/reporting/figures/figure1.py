"""Figure 1: cumulative share of the singular values of the trained semantic tables, as the paper draws it."""

import pandas as pd
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from spectran.reporting.cumulative_shares import cumulative_shares
from spectran.reporting.figures.panels import grid, legend
from spectran.reporting.figures.shown import panels_of, shown_backbone, shown_dimension, with_places
from spectran.reporting.figures.spectra_panels import draw_shares, legend_labels, without_semantic
from spectran.reporting.figures.style import finish, looks
from spectran.reporting.findings import Findings


def data(findings: Findings) -> pd.DataFrame:
    """Shares of the covariance's singular values (equations: cumsum(s) / sum(s)); `drawn` of those in the picture."""
    main = findings.part("main")
    shares = with_places(main, cumulative_shares(main, "semantic", "covariance"))
    shares["drawn"] = shown_backbone(shares) & shown_dimension(shares)
    return shares[["drawn", "place", "dataset", "backbone", "method", "method_label", "dim", "table", "index", "share"]]


def draw(findings: Findings) -> Figure:
    """One panel a dataset, with one backbone and dimension."""
    shares = data(findings)
    shares = shares[shares["drawn"]]
    panels = panels_of(shares)
    without = without_semantic(shares)
    figure, axes = grid(list(panels), legend_labels(shares, without))
    drawn: dict[str, Line2D] = {}
    for panel, curves in zip(axes, panels.values(), strict=True):
        drawn |= draw_shares(panel, curves, looks(findings.study), without)
    legend(figure, list(drawn.values()))
    finish(figure)
    return figure
