"""One number of the audit."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Unit = Literal["users", "items", "pairs", "titles", "interactions", "share", "metric", "time"]


@dataclass(frozen=True)
class Measure:
    """A number, what it is a number of, and what its value rests on."""

    check: str
    """Which check it is of."""
    measure: str
    """What is measured, in words; unique within its check."""
    value: float | None
    """None where it cannot be said."""
    unit: Unit
    """A number of users and so on; a share is between 0 and 1 (below 0 where shuffling loses nothing); a time is in the
    unit of the data's time stamps."""
    note: str = ""
    """How it was measured, or why it cannot be said."""


def share(mask: NDArray[np.bool_]) -> float | None:
    """Share of what is true; None of nothing."""
    return float(mask.mean()) if len(mask) else None
