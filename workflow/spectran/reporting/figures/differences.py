"""SpecTran minus each method, with the chance of users and of seeds: a forest plot."""

import textwrap
from collections.abc import Mapping
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import MaxNLocator

from spectran.reporting.figures.panels import HEIGHT, grid, legend, of_places
from spectran.reporting.figures.shown import panels_of, shown_places, with_places
from spectran.reporting.figures.style import Look, finish, looks
from spectran.reporting.findings import Findings, metric_label
from spectran.reporting.significance import USERS, comparisons_of

PART = "main"
THICK, THIN = 4.0, 1.1
#: Letters of a line of a method's name, and inches that names and a row of them take.
LETTERS, NAMES, LINE = 18, 1.8, 0.16
COLUMNS = ["place", "dataset", "backbone", "method", "method_label", "dim", "metric", "reference", "difference"]
ENDS = ["t_low", "t_high", "total_low", "total_high", "p_holm", "significant", "p_total_holm", "significant_total"]


def data(findings: Findings) -> pd.DataFrame:
    """Every comparison of the main part by the main metric; `drawn` of those in the picture."""
    part = findings.part(PART)
    compared = comparisons_of(part, PART)
    table = with_places(part, compared[compared["metric"] == part.main_metric])
    return table.assign(drawn=shown_places(table))[["drawn", *COLUMNS, *ENDS]]


def draw(findings: Findings) -> Figure:
    """One panel a dataset and backbone; one row a method, in the order of the study from above."""
    table = data(findings)
    table = table[table["drawn"]]
    panels, styles = panels_of(table), looks(findings.study)
    labels = dict(zip(table["method"], table["method_label"], strict=True))
    methods = [name for name in findings.study.methods if name in labels]
    names = [textwrap.fill(labels[name], LETTERS) for name in methods]
    titles, across = of_places(panels, table["backbone"].nunique())
    handles = _handles()
    figure, axes = grid(
        titles,
        [str(handle.get_label()) for handle in handles],
        columns=across,
        sharey="row",
        height=max(HEIGHT, LINE * sum(name.count("\n") + 1.5 for name in names)),
        axis=NAMES / max(across, 1),
    )
    for panel, here in zip(axes, panels.values(), strict=True):
        for row in here.to_dict("records"):
            _row(panel, methods.index(row["method"]), row, styles[row["method"]])
        panel.axvline(0, color="#303030", linewidth=0.9, zorder=1)
        panel.set_yticks(range(len(methods)), names)
        panel.set_ylim(len(methods) - 0.5, -0.5)
        panel.grid(visible=False, axis="y")
        panel.xaxis.set_major_locator(MaxNLocator(3))
        panel.set_xlabel(f"Difference in {metric_label(findings.main_metric)}")
    legend(figure, handles if axes else [])
    finish(figure)
    return figure


def _row(panel: Axes, height: int, row: Mapping[Any, Any], look: Look) -> None:
    for ends, width in ((("total_low", "total_high"), THIN), (("t_low", "t_high"), THICK)):
        line = [row[end] for end in ends]
        panel.plot(line, [height, height], color=look.colour, linewidth=width, solid_capstyle="butt")
    fill = look.colour if row["significant"] else "white"
    panel.plot(row["difference"], height, "o", color=look.colour, markerfacecolor=fill, markersize=6.5)


def _handles() -> list[Line2D]:
    grey = "#303030"
    dots = {f"Beyond the chance of users ({USERS})": grey, "Not so": "white"}
    return [
        Line2D([], [], color=grey, linewidth=THICK, label="Interval over users"),
        Line2D([], [], color=grey, linewidth=THIN, label="Users and seeds"),
        *(
            Line2D([], [], ls="", marker="o", color=grey, markerfacecolor=fill, markersize=6.5, label=label)
            for label, fill in dots.items()
        ),
    ]
