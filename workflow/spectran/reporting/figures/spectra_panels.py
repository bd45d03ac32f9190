"""Drawing cumulative shares into panels."""

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from spectran.reporting.figures.style import Look

STAND_IN = (4.0, 2.0)


def draw_shares(panel: Axes, shares: pd.DataFrame, looks: dict[str, Look], without: set[str]) -> dict[str, Line2D]:
    """One curve a method; dashed for the methods `without` a semantic table, whose item table is drawn instead.

    Returns:
        The drawn lines by method name, for the legend.
    """
    drawn: dict[str, Line2D] = {}
    for method, curve in shares.groupby("method", sort=False):
        name, look = str(method), looks[str(method)]
        stand_in = name in without
        label = label_of(name, str(curve["method_label"].iloc[0]), without)
        (line,) = panel.plot(curve["index"], curve["share"], color=look.colour, label=label)
        if stand_in or look.dashes:
            line.set_dashes(STAND_IN if stand_in else look.dashes)
        drawn[name] = line
    panel.axvline(10, color="#8a8a8a", linewidth=0.9, linestyle=":", zorder=1)
    panel.set_xlim(1, int(shares["index"].max()))
    panel.set_ylim(0, 1.02)
    panel.set_xlabel("Index of the singular value")
    panel.set_ylabel("Cumulative share")
    return drawn


def label_of(method: str, label: str, without: set[str]) -> str:
    """What the legend says."""
    return f"{label} (item table)" if method in without else label


def legend_labels(shares: pd.DataFrame, without: set[str]) -> list[str]:
    """All of the legend's entries."""
    methods = dict(zip(shares["method"], shares["method_label"], strict=True))
    return [label_of(name, label, without) for name, label in methods.items()]


def without_semantic(shares: pd.DataFrame) -> set[str]:
    """Methods whose item table stands in for a semantic one, from shares of the semantic view."""
    return set(shares[shares["table"] == "item"]["method"])
