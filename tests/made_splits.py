"""The small cell's splits as files, with random embeddings: what tests of controls run on."""

from pathlib import Path

import numpy as np
import pandas as pd

from small import N_ITEMS, N_USERS, features, sequences
from spectran.data.item_count import with_count
from spectran.training.control import ControlInputs

VALIDATION = np.array([(sequence[-1] + 1) % N_ITEMS for sequence in sequences().sequences])
TEST = (VALIDATION + 1) % N_ITEMS

#: Columns of ranks.parquet.
RANKS_COLUMNS = [
    *("user", "seed", "score", "target", "rank", "ties", "history", "popularity", "popularity_quantile"),
]


def write_part(path: Path, table: pd.DataFrame, n_items: int = N_ITEMS) -> None:
    """Write columns user and item as a split's part of so many items."""
    table.attrs = with_count(n_items)
    table.to_parquet(path)


def write_splits(folder: Path, *, test: np.ndarray = TEST) -> ControlInputs:
    """Write train, valid and test part to `folder`; the inputs of a control that reads text."""
    train = [(user, item) for user, items in enumerate(sequences().sequences) for item in items]
    write_part(folder / "train.parquet", pd.DataFrame(train, columns=["user", "item"]))
    for name, targets in (("valid", VALIDATION), ("test", test)):
        write_part(folder / f"{name}.parquet", pd.DataFrame({"user": range(N_USERS), "item": targets}))
    return ControlInputs(folder / "train.parquet", folder / "valid.parquet", features(folder).paths["embeddings"])
