"""Interactions with their ids as numbers: 16 bytes each, however long the ids are."""

from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

IDS = ("user", "item")


def read_coded(path: Path) -> pd.DataFrame:
    """Read parsed interactions; no id is ever held more than once.

    Args:
        path: Parquet table with user, item (text) and timestamp (int64).

    Returns:
        Columns user, item (categories in ascending order of the ids) and timestamp (int64), in file order.
    """
    table = pq.read_table(path, columns=[*IDS, "timestamp"], read_dictionary=list(IDS)).unify_dictionaries()
    return pd.DataFrame(
        {**{name: _categories(table[name]) for name in IDS}, "timestamp": table["timestamp"].to_numpy()}
    )


def _categories(column: pa.ChunkedArray) -> pd.Categorical:
    """The ids of a column whose chunks have one dictionary, in any order."""
    ids = (
        pd.Index(column.chunk(0).dictionary.to_pandas(), dtype="str")
        if column.num_chunks
        else pd.Index([], dtype="str")
    )
    order = ids.argsort()
    place = np.empty(len(ids), dtype=np.int32)
    place[order] = np.arange(len(ids), dtype=np.int32)
    codes = [place[chunk.indices.to_numpy()] for chunk in column.chunks]
    return pd.Categorical.from_codes(np.concatenate([np.empty(0, np.int32), *codes]), ids[order])
