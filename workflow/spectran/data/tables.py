"""The two tables every source comes to: interactions and items."""

from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from spectran.io import write_parquet


def interactions_table(users: Sequence[str], items: Sequence[str], times: Sequence[int]) -> pd.DataFrame:
    """Columns user, item (text) and timestamp (int64), one interaction a row."""
    return pd.DataFrame(
        {
            "user": pd.Series(users, dtype="str"),
            "item": pd.Series(items, dtype="str"),
            "timestamp": np.asarray(times, dtype=np.int64),
        }
    )


def items_table(rows: Iterable[tuple[str, str]]) -> pd.DataFrame:
    """Columns item and title (text; '' where there is none), one item a row."""
    pairs = list(rows)
    return pd.DataFrame(
        {
            "item": pd.Series([item for item, _ in pairs], dtype="str"),
            "title": pd.Series([title for _, title in pairs], dtype="str"),
        }
    )


def write_tables(tables: tuple[pd.DataFrame, pd.DataFrame], interactions: Path, items: Path) -> None:
    """Write both tables as Parquet."""
    write_parquet(interactions, tables[0])
    write_parquet(items, tables[1])
