"""Accuracy against the share of low graph frequencies that is left behind the last block."""

import pandas as pd
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from spectran.reporting.figures.panels import grid, legend
from spectran.reporting.figures.shown import panels_of
from spectran.reporting.figures.style import PALETTE, finish
from spectran.reporting.findings import Findings, metric_label
from spectran.reporting.frames import KEYS
from spectran.reporting.frequency_cells import cell_label, metric_of
from spectran.reporting.retention import IN_SWEEPS, retention

COLOUR, SIZE = PALETTE[3], 10.5
#: Inches of a panel's height, for numbered dots need room.
TALL = 3.2
COLUMNS = ["place", "number", *KEYS, "role", "label", "retained_percent", "ours", "sd", "in_sweep"]


def data(findings: Findings) -> pd.DataFrame:
    """One row a cell that reads with a language model; `number` names it in the picture."""
    table = retention(findings)
    names = dict.fromkeys(zip(table["backbone"], table["method"], strict=True))
    numbers = {name: number for number, name in enumerate(names, start=1)}
    return table.assign(
        number=[numbers[pair] for pair in zip(table["backbone"], table["method"], strict=True)],
        label=[cell_label(row) for row in table.to_dict("records")],
        in_sweep=table["role"].isin(IN_SWEEPS),
    )[COLUMNS]


def draw(findings: Findings) -> Figure:
    """One panel a dataset and language model; a numbered dot a cell."""
    table = data(findings)
    panels = panels_of(table)
    named = table.drop_duplicates("number").sort_values("number").to_dict("records")
    handles = [
        Line2D(
            [],
            [],
            ls="",
            marker="o",
            color=COLOUR,
            markerfacecolor=COLOUR if row["in_sweep"] else "white",
            markersize=5.5,
            label=f"{row['number']}  {row['label']}",
        )
        for row in named
    ]
    figure, axes = grid(list(panels), [str(one.get_label()) for one in handles], height=TALL)
    for panel, rows in zip(axes, panels.values(), strict=True):
        for row in rows.to_dict("records"):
            place = row["retained_percent"], row["ours"]
            filled = row["in_sweep"]
            fill, ink = (COLOUR, "white") if filled else ("white", "#303030")
            panel.plot(*place, "o", color=COLOUR, markerfacecolor=fill, markersize=SIZE, zorder=2 + row["number"])
            panel.annotate(
                str(row["number"]), place, ha="center", va="center", fontsize=7, color=ink, zorder=2 + row["number"]
            )
        panel.margins(0.08)
        panel.axvline(100, color="#b0b0b0", linewidth=0.8, zorder=1)
        panel.set_xlabel("Low-frequency share kept, %")
        panel.set_ylabel(metric_label(metric_of(findings)))
    legend(figure, handles)
    finish(figure)
    return figure
