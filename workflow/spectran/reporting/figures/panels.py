"""A grid of panels with one legend below, shared by all figures."""

import textwrap
from collections.abc import Iterable, Sequence
from typing import Literal, NamedTuple

from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure

#: Size of a panel in inches; one panel alone is the width of a column, and three beside each other as wide as two.
WIDTH, HEIGHT, ALONE, NARROW = 3.3, 2.45, 4.8, 2.2
#: Inches of the legend: height of a row and of the space around all, width of a handle with its space, and of a letter.
ROW, AROUND, HANDLE, LETTER = 0.19, 0.1, 0.6, 0.08
#: Inches of a title: what the axis on the left takes of a panel's width, and the width of a bold letter.
AXIS, BOLD = 0.65, 0.092
#: Backbones that stand beside each other in a row.
BESIDE = 3
#: What a figure says that has no panel, for every cell that it would show failed.
NOTHING = "Nothing to show"


class Places(NamedTuple):
    """Panels of places: their titles, and how many stand in a row."""

    titles: list[str]
    columns: int


def of_places(places: Iterable[str], backbones: int) -> Places:
    """Panels titled "dataset · backbone": three backbones stand beside each other, a row a dataset; else two panels."""
    titles = list(places)
    if backbones != BESIDE:
        return Places(titles, min(2, len(titles)))
    return Places([title.replace(" · ", "\n", 1) for title in titles], BESIDE)


def grid(
    titles: Sequence[str],
    labels: Sequence[str],
    columns: int | None = None,
    sharey: Literal["none", "row"] = "none",
    height: float = HEIGHT,
    axis: float = AXIS,
) -> tuple[Figure, list[Axes]]:
    """A figure with one panel a title; without any, a figure that says that there is nothing to show.

    Args:
        titles: of the panels, row by row; long ones are broken into lines.
        labels: of the legend, which needs room below.
        columns: panels in a row; by default one for a single panel, else two.
        sharey: whether the panels of a row have one vertical axis.
        height: of a panel in inches, with the labels of its axes and one line of its title.
        axis: inches that the axis on the left takes of a panel's width.

    Returns:
        The figure and its panels in the order of `titles`; call inside `style()`.
    """
    if not titles:
        empty = Figure(figsize=(ALONE, 1))
        empty.text(0.5, 0.5, NOTHING, ha="center", va="center")
        return empty, []
    across = min(columns or 2, len(titles))
    down = -(-len(titles) // across)
    width = {1: ALONE, 2: 2 * WIDTH}.get(across, across * NARROW)
    rows = -(-len(labels) // legend_columns(labels, width))
    broken = [_lines(title, width / across - axis) for title in titles]
    lines = max((title.count("\n") for title in broken), default=0)
    figure = Figure(figsize=(width, (height + ROW * lines) * down + ROW * rows + AROUND), layout="constrained")
    axes = figure.subplots(down, across, squeeze=False, sharey=sharey).flatten().tolist()
    for extra in axes[len(titles) :]:
        extra.set_visible(False)
    for panel, title in zip(axes, broken, strict=False):
        panel.set_title(title)
    return figure, axes[: len(titles)]


def legend(figure: Figure, handles: Sequence[Artist]) -> None:
    """One legend for all panels, below them and outside."""
    if not handles:
        return
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
