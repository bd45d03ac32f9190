"""A grid of panels with one legend below, shared by all figures."""

import textwrap
from collections.abc import Sequence
from typing import Literal

from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure

#: Size of a panel in inches; one panel alone is the width of a column, and three beside each other as wide as two.
WIDTH, HEIGHT, ALONE, NARROW = 3.3, 2.45, 4.8, 2.2
#: Inches of the legend: height of a row and of the space around all, width of a handle with its space, and of a letter.
ROW, AROUND, HANDLE, LETTER = 0.19, 0.1, 0.6, 0.08
#: Inches of a title: what the axis on the left takes of a panel's width, and the width of a bold letter.
AXIS, BOLD = 0.65, 0.092


def grid(
    titles: Sequence[str],
    labels: Sequence[str],
    columns: int | None = None,
    sharey: Literal["none", "row"] = "none",
) -> tuple[Figure, list[Axes]]:
    """A figure with one panel a title.

    Args:
        titles: of the panels, row by row; long ones are broken into lines.
        labels: of the legend, which needs room below.
        columns: panels in a row; by default one for a single panel, else two.
        sharey: whether the panels of a row have one vertical axis.

    Returns:
        The figure and its panels in the order of `titles`; call inside `style()`.
    """
    across = min(columns or 2, len(titles))
    down = -(-len(titles) // across)
    width = {1: ALONE, 2: 2 * WIDTH}.get(across, across * NARROW)
    rows = -(-len(labels) // legend_columns(labels, width))
    broken = [_lines(title, width / across - AXIS) for title in titles]
    lines = max((title.count("\n") for title in broken), default=0)
    figure = Figure(figsize=(width, (HEIGHT + ROW * lines) * down + ROW * rows + AROUND), layout="constrained")
    axes = figure.subplots(down, across, squeeze=False, sharey=sharey).flatten().tolist()
    for extra in axes[len(titles) :]:
        extra.set_visible(False)
    for panel, title in zip(axes, broken, strict=False):
        panel.set_title(title)
    return figure, axes[: len(titles)]


def legend(figure: Figure, handles: Sequence[Artist]) -> None:
    """One legend for all panels, below them and outside."""
    columns = legend_columns([str(handle.get_label()) for handle in handles], figure.get_figwidth())
    figure.legend(handles=list(handles), loc="outside lower left", ncols=columns, handlelength=2.2, columnspacing=1.2)


def _lines(title: str, width: float) -> str:
    """A title broken so that no line is wider than so many inches, where its words allow."""
    letters = int(width / BOLD)
    return "\n".join(part for line in title.split("\n") for part in textwrap.wrap(line, letters))


def legend_columns(labels: Sequence[str], width: float) -> int:
    """How many entries of a legend stand beside each other in a figure of this width in inches: one to three."""
    longest = HANDLE + LETTER * max(map(len, labels), default=0)
    return min(3, max(1, int(width / longest)))
