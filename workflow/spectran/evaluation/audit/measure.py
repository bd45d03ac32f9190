"""One number of the audit, and all of a record as a table."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any, Literal

import numpy as np
import pandas as pd
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


def audit_frame(record: Mapping[str, Any]) -> pd.DataFrame:
    """A record of `audit` as a table: dataset, check, measure, value (NaN where it cannot be said), unit, note."""
    columns = [field.name for field in fields(Measure)]
    table = pd.DataFrame(record["checks"], columns=columns).astype({"value": "float64"})
    table.insert(0, "dataset", record["dataset"])
    return table
