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

#: Okabe and Ito (2008) without the yellow, which white paper swallows, and with a brown and a violet, so that all rows
#: of Table 2 differ. Under simulated colour blindness no two come closer than the closest two of the original.
PALETTE = (
    "#5c5c5c",
    "#0072b2",
    "#e69f00",
    "#009e73",
    "#56b4e9",
    "#cc79a7",
    "#603000",
    "#9000f0",
    "#d55e00",
    "#000000",
)
#: A dash pattern for each further round through the palette, and a hatch for bars.
DASHES: tuple[tuple[float, ...], ...] = ((), (5, 1.5), (1.5, 1.2), (5, 1.2, 1.2, 1.2))
HATCHES = ("", "////", "....", "xxxx")

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
    "hatch.color": "white",
    "hatch.linewidth": 0.8,
    "legend.frameon": False,
    "legend.fontsize": 9,
    "lines.linewidth": 1.7,
    "lines.solid_capstyle": "round",
    "text.parse_math": False,  # a label with dollar signs is a label
    "svg.hashsalt": "spectran",
    "svg.fonttype": "path",
    "pdf.fonttype": 42,
    "figure.facecolor": "white",
    "savefig.facecolor": "white",
    "savefig.dpi": 200,  # of the one thing that is no vector, the heat map
}


@dataclass(frozen=True)
class Look:
    """How one method is drawn, wherever it is drawn."""

    colour: str
    dashes: tuple[float, ...]
    hatch: str

    @property
    def fill(self) -> str:
        """Colour inside a marker: none from the second round through the palette on."""
        return "none" if self.dashes else self.colour


def looks(study: Study) -> dict[str, Look]:
    """The look of each method of the study, by name."""
    size = len(PALETTE)
    found = {}
    for number, name in enumerate(study.methods):
        further = (number // size) % len(DASHES)
        found[name] = Look(PALETTE[number % size], DASHES[further], HATCHES[further])
    return found


@contextmanager
def style() -> Iterator[None]:
    """Matplotlib's settings inside the block; nothing leaks out of it."""
    with sns.axes_style("whitegrid"), mpl.rc_context(_RC):
        yield


def finish(figure: Figure) -> None:
    """Take away the frame's upper and right sides."""
    sns.despine(fig=figure)
