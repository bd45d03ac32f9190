"""The report's figures, a module each. `draw` finds them by the names of the catalogue."""

from importlib import import_module
from typing import Protocol, cast

import pandas as pd
from matplotlib.figure import Figure

from spectran.reporting.catalogue.figures import FIGURES
from spectran.reporting.figures.panels import grid
from spectran.reporting.findings import Findings


class _Module(Protocol):
    def data(self, findings: Findings) -> pd.DataFrame: ...

    def draw(self, findings: Findings) -> Figure: ...


def module(name: str) -> _Module:
    """The module of the figure that the catalogue knows as `name`: `data` gives its numbers, `draw` the picture."""
    if name not in FIGURES:
        raise ValueError(f"figure {name!r}: one of {', '.join(FIGURES)} expected")
    return cast("_Module", import_module(f"spectran.reporting.figures.{name}"))


def draw(name: str, findings: Findings) -> Figure:
    """The picture; where no number is left to draw, for the cells behind it failed, one that says so.

    Call inside `style()`.
    """
    numbers = module(name).data(findings)
    shown = numbers["drawn"].astype(bool) if "drawn" in numbers else numbers.notna().any(axis=1)
    if not shown.any():
        empty, _ = grid([], [])
        return empty
    return module(name).draw(findings)
