"""How the cells of FreLLM4Rec's part are drawn: a colour a role."""

from matplotlib.lines import Line2D

from spectran.reporting.figures.style import DASHES, PALETTE, Look
from spectran.reporting.frequency_cells import FULL, RANDOM, SASREC, SPECTRAN_CELL, VANILLA

#: FreLLM4Rec and what it is held against.
LOOKS = {
    FULL: Look(PALETTE[3], DASHES[0], ""),
    VANILLA: Look(PALETTE[8], DASHES[0], ""),
    RANDOM: Look(PALETTE[0], DASHES[1], ""),
    SASREC: Look(PALETTE[1], DASHES[0], ""),
    SPECTRAN_CELL: Look(PALETTE[7], DASHES[2], ""),
}


def handle(role: str, label: str) -> Line2D:
    """An entry of the legend: the role's line and dot."""
    look = LOOKS[role]
    line = Line2D([], [], color=look.colour, marker="o", markerfacecolor=look.fill, markersize=4, label=label)
    if look.dashes:
        line.set_dashes(look.dashes)
    return line
