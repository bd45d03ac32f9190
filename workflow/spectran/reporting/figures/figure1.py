"""Figure 1: cumulative share of the singular values of the trained semantic tables, as the paper draws it."""

import pandas as pd
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from spectran.reporting.figures.panels import grid, legend
from spectran.reporting.figures.shares import cumulative_shares
from spectran.reporting.figures.spectra_panels import draw_shares, without_semantic
from spectran.reporting.figures.style import finish, lines
from spectran.reporting.findings import Findings


def data(findings: Findings) -> pd.DataFrame:
    """Shares of the covariance's singular values (equations: cumsum(s) / sum(s))."""
    shares = cumulative_shares(findings, "semantic", "covariance")
    shares["place"] = [findings.place_of(row) for _, row in shares.iterrows()]
    return shares[["place", "dataset", "backbone", "method", "method_label", "dim", "table", "index", "share"]]


def draw(findings: Findings) -> Figure:
    """One panel a dataset (and backbone, and dimension, where there are several)."""
    shares = data(findings)
    panels = dict(list(shares.groupby("place", sort=False)))
    figure, axes = grid([str(place) for place in panels], findings.method_labels)
    drawn: dict[str, Line2D] = {}
    for panel, curves in zip(axes, panels.values(), strict=True):
        drawn |= draw_shares(panel, curves, lines(findings.study), without_semantic(shares))
    legend(figure, list(drawn.values()))
    finish(figure)
    return figure
