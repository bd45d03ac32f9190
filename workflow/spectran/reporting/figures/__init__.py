"""The report's figures, a module each. `draw` finds them by the names of the catalogue."""

from importlib import import_module
from typing import Protocol, cast

import pandas as pd
from matplotlib.figure import Figure

from spectran.reporting.catalogue import FIGURES
from spectran.reporting.findings import Findings


class _Module(Protocol):
    def data(self, findings: Findings) -> pd.DataFrame: ...

    def draw(self, findings: Findings) -> Figure: ...


def module(name: str) -> _Module:
    """The module of the figure that the catalogue knows as `name`: `data` gives its numbers, `draw` the picture."""
    if name not in FIGURES:
        raise ValueError(f"figure {name!r}: one of {', '.join(FIGURES)} expected")
    return cast("_Module", import_module(f"spectran.reporting.figures.{name}"))
