"""The mark of a printed number, the same in every figure that has them beside ours."""

from matplotlib.lines import Line2D

#: Its name in a legend.
PRINTED = "Printed in the paper"
SIZE = 5.0


def printed_handle() -> Line2D:
    """A hollow diamond for the legend."""
    return Line2D([], [], color="#303030", marker="D", markerfacecolor="white", markersize=SIZE, ls="", label=PRINTED)
