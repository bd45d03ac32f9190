"""Every method under each variant of the protocol."""

import textwrap

import pandas as pd
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from spectran.reporting.figures.panels import LETTER, grid, legend
from spectran.reporting.figures.shown import panels_of
from spectran.reporting.figures.style import finish, looks
from spectran.reporting.findings import Findings, metric_label
from spectran.reporting.sensitivity import values

#: Inches of a row, of what is above and below all rows, and of what is beside the rows' names.
ROW, AROUND, BESIDE = 0.36, 1.0, 0.25
#: Letters of a line of a row's name.
LETTERS = 24
#: Share of the distance between two rows that the methods' dots are spread over.
FILLED = 0.5
COLUMNS = ["dataset", "backbone", "method", "method_label", "dim", "variant", "variant_label", "ours", "sd", "seeds"]


def data(findings: Findings) -> pd.DataFrame:
    """One row a cell and variant."""
    return values(findings.part("sensitivity"))[["place", *COLUMNS, "as_study"]]


def draw(findings: Findings) -> Figure:
    """One panel a place: a row a variant, a dot a method, and a thin line along each method."""
    table, styles = data(findings), looks(findings.study)
    panels = panels_of(table)
    methods = dict(zip(table["method"], table["method_label"], strict=True))
    rows = {name: number for number, name in enumerate(table["variant"].unique())}
    names = [textwrap.fill(name, LETTERS) for name in table.drop_duplicates("variant")["variant_label"]]
    widest = LETTER * max((len(line) for name in names for line in name.splitlines()), default=0) + BESIDE
    height = ROW * len(rows) + AROUND
    figure, axes = grid(list(panels), list(methods.values()), columns=1, height=height, axis=widest)
    for panel, here in zip(axes, panels.values(), strict=True):
        for beside, (method, own) in enumerate(here.groupby("method", sort=False)):
            look = styles[str(method)]
            y = own["variant"].map(rows) + (beside - (here["method"].nunique() - 1) / 2) * FILLED / len(methods)
            panel.plot(own["ours"], y, color=look.colour, linewidth=0.7, alpha=0.45)
            panel.plot(own["ours"], y, "o", color=look.colour, markerfacecolor=look.fill, markersize=5)
        panel.set_yticks(range(len(rows)), names)
        panel.set_ylim(len(rows) - 0.5, -0.5)
        panel.set_xlabel(metric_label(findings.main_metric))
    handles = [
        Line2D([], [], ls="", marker="o", color=look.colour, markerfacecolor=look.fill, markersize=5, label=label)
        for name, label in methods.items()
        for look in [styles[name]]
    ]
    legend(figure, handles)
    finish(figure)
    return figure
