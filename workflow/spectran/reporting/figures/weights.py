"""What SpecTran's weights give to each spectral component (behind the paper's Table 6)."""

import math

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.collections import QuadMesh
from matplotlib.colors import LogNorm
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import FuncFormatter
from numpy.typing import NDArray

from spectran.reporting.figures.panels import grid, legend
from spectran.reporting.figures.shown import panels_of, shown_backbone, shown_dimension, with_places
from spectran.reporting.figures.style import finish, looks
from spectran.reporting.findings import Findings
from spectran.reporting.frames import KEYS

#: Decades that the colours span below the largest weight; less is drawn as the least, and exactly 0 in grey.
DECADES = 4
RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
NOTHING, EDGE = "#d9d9d9", "#e4002b"
#: Moment: how A is drawn then.
MOMENTS = {"init": ("A at the start", (4.0, 2.0)), "trained": ("A trained", ())}
VIEWS = ("mean |φ(QKᵀ)|, trained", "positional weights A")
COLUMNS = ["place", "dataset", "backbone", "method", "dim", "width", "rank", "quantity", "moment", "dimension"]


def data(findings: Findings) -> pd.DataFrame:
    """Means over the seeds of |phi(QK^T)| (quantity 'mixing', in blocks) and of A_ii ('positional').

    `drawn` tells what is in the picture; `width` is that of the semantic table (d, if it is added to the IDs), `rank`
    the number of components.
    """
    part = findings.part("case_study")
    weights = part.frames.weights
    sizes = weights.groupby(KEYS, as_index=False).agg(width=("dimension", "max"), components=("components", "max"))
    sizes = sizes.assign(rank=sizes["width"] + sizes["components"]).drop(columns="components")
    mixing = part.frames.mixing.rename(columns={"weight": "value"}).assign(quantity="mixing")
    diagonal = weights.assign(quantity="positional", component=weights["dimension"], value=weights["positional"])
    both = pd.concat([mixing, diagonal[mixing.columns]], ignore_index=True)
    group = [*KEYS, "quantity", "moment", "dimension", "component"]
    means = both.groupby(group, as_index=False, sort=False)["value"].mean().merge(sizes, on=KEYS)
    table = with_places(part, part.labelled(means))
    seen = (table["moment"] == "trained") | (table["quantity"] == "positional")
    first = table["method"].isin(table["method"].head(1))
    table["drawn"] = shown_backbone(table) & shown_dimension(table) & first & seen
    return table[["drawn", *COLUMNS, "component", "value"]]


def draw(findings: Findings) -> Figure:
    """One row a dataset: the map of the mixing, and the positional weights."""
    table = data(findings)
    table = table[table["drawn"]]
    rows = panels_of(table)
    labels = [label for label, _ in MOMENTS.values()]
    figure, axes = grid([f"{place}\n{view}" for place in rows for view in VIEWS], [*labels, "Component d"])
    colour = looks(findings.study)[str(table["method"].iloc[0])].colour
    mixing = table[table["quantity"] == "mixing"]
    norm = _norm(mixing["value"].to_numpy())
    handles: list[Line2D] = []
    for here, heat, lines in zip(rows.values(), axes[::2], axes[1::2], strict=True):
        mesh = _map(heat, here[here["quantity"] == "mixing"], norm)
        figure.colorbar(
            mesh, ax=heat, extend="min", pad=0.02, aspect=14, format=FuncFormatter(_power)
        ).outline.set_visible(False)
        edge = heat.axvline(here["width"].iloc[0] + 0.5, color=EDGE, linewidth=1.4, label="Component d")
        handles = [*_positional(lines, here[here["quantity"] == "positional"], colour), edge]
    legend(figure, handles)
    finish(figure)
    return figure


def _norm(values: NDArray[np.float64]) -> LogNorm:
    """One colour scale for all maps."""
    top = float(values.max()) if values.max() > 0 else 1.0  # any scale will do where every weight is 0
    return LogNorm(top / 10**DECADES, top)


def _power(value: float, _: int | None) -> str:
    """A power of ten in plain letters, for formulas are not parsed; nothing for what lies between."""
    exponent = round(math.log10(value))
    whole = math.isclose(value, 10.0**exponent)
    return "10" + str(exponent).translate(RAISED) if whole else ""


def _map(panel: Axes, blocks: pd.DataFrame, norm: LogNorm) -> QuadMesh:
    table = blocks.pivot_table(index="dimension", columns="component", values="value", sort=True)
    edges = [
        np.append(starts, end + 1.0) - 0.5
        for starts, end in ((table.columns, blocks["rank"].iloc[0]), (table.index, blocks["width"].iloc[0]))
    ]
    values = np.ma.masked_equal(table.to_numpy(), 0.0)
    mesh = panel.pcolormesh(*edges, values, norm=norm, cmap="viridis", rasterized=True)
    panel.set_facecolor(NOTHING)
    panel.grid(visible=False)
    panel.set_xlabel("Component")
    panel.set_ylabel("Output dimension")
    return mesh


def _positional(panel: Axes, weights: pd.DataFrame, colour: str) -> list[Line2D]:
    drawn = []
    for moment, (label, dashes) in MOMENTS.items():
        line = weights[weights["moment"] == moment].sort_values("component")
        (curve,) = panel.plot(line["component"], line["value"], color=colour if not dashes else "#5c5c5c", label=label)
        if dashes:
            curve.set_dashes(dashes)
        drawn.append(curve)
    panel.axhline(0, color="#8a8a8a", linewidth=0.7, zorder=1)
    panel.set_xlabel("Component")
    panel.set_ylabel("Weight of a component")
    return drawn
