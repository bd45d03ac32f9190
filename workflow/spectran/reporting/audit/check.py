"""One check of the paper: what was done, what is printed, what comes out, and the numbers behind it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

import pandas as pd

Outcome = Literal["agrees", "disagrees", "cannot be said"]


@dataclass(frozen=True)
class Check:
    """A statement or column of the paper held against a recomputation."""

    name: str
    title: str
    done: str
    """What was done, and the rule that gives the outcome."""
    printed: str
    recomputed: str
    outcome: Outcome
    evidence: tuple[str, ...]
    """Sentences."""
    details: pd.DataFrame
    """Tidy, in full precision."""
    keys: tuple[str, ...]
    """Columns of `details` that name a row; together they are unique."""
    formats: Mapping[str, str] = field(default_factory=dict)
    """Format specification of a column of `details` for the eye; what is not named gets a default by its type."""
