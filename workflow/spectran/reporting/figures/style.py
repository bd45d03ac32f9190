"""How every figure looks: one palette, one colour a method everywhere, type that stays readable at 400 pixels."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import matplotlib as mpl

mpl.use("Agg")  # before seaborn, which imports pyplot

import seaborn as sns
from matplotlib.figure import Figure

from spectran.config.study import Study

#: Okabe and Ito (2008), safe for colour-blind readers, ordered so that neighbours differ in lightness too; the yellow
#: is left out for white paper.
PALETTE = ("#5c5c5c", "#0072b2", "#e69f00", "#d55e00", "#009e73", "#56b4e9", "#cc79a7", "#000000")
#: A dash pattern for each further round through the palette.
DASHES: tuple[tuple[float, ...], ...] = ((), (5, 1.5), (1.5, 1.2), (5, 1.2, 1.2, 1.2))

_RC: Any = {
    "font.family": "DejaVu Sans",  # comes with matplotlib, so that bytes do not depend on the machine's fonts
    "font.size": 9.5,
    "axes.titlesize": 10.5,
    "axes.titleweight": "bold",
    "axes.titlelocation": "left",
    "axes.labelsize": 9.5,
    "axes.edgecolor": "#8a8a8a",
    "axes.linewidth": 0.7,
    "grid.color": "#e6e6e6",
    "grid.linewidth": 0.6,
    "legend.frameon": False,
    "legend.fontsize": 9,
    "lines.linewidth": 1.7,
    "lines.solid_capstyle": "round",
    "svg.hashsalt": "spectran",
    "svg.fonttype": "path",
    "pdf.fonttype": 42,
    "figure.facecolor": "white",
    "savefig.facecolor": "white",
}


@dataclass(frozen=True)
class Line:
    """How one method is drawn, wherever it is drawn."""

    colour: str
    dashes: tuple[float, ...]


def lines(study: Study) -> dict[str, Line]:
    """Colour and dashes of each method of the study, by name."""
    size = len(PALETTE)
    return {
        name: Line(PALETTE[number % size], DASHES[(number // size) % len(DASHES)])
        for number, name in enumerate(study.methods)
    }


@contextmanager
def style() -> Iterator[None]:
    """Matplotlib's settings inside the block; nothing leaks out of it."""
    with sns.axes_style("whitegrid"), mpl.rc_context(_RC):
        yield


def finish(figure: Figure) -> None:
    """Take away the frame's upper and right sides."""
    sns.despine(fig=figure)
