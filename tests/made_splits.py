"""The small cell's splits as files, with random embeddings: what tests of controls run on."""

from pathlib import Path

import numpy as np
import pandas as pd

from small import N_ITEMS, N_USERS, features, sequences
from spectran.training.control import ControlInputs

VALIDATION = np.array([(sequence[-1] + 1) % N_ITEMS for sequence in sequences().sequences])
TEST = (VALIDATION + 1) % N_ITEMS

#: Columns of ranks.parquet.
RANKS_COLUMNS = [
    *("user", "seed", "score", "target", "rank", "ties", "history", "popularity", "popularity_quantile"),
]


def write_splits(folder: Path, *, test: np.ndarray = TEST) -> ControlInputs:
    """Write train, valid, test and items to `folder`; the inputs of a control that reads text."""
    train = [(user, item) for user, items in enumerate(sequences().sequences) for item in items]
    pd.DataFrame(train, columns=["user", "item"]).to_parquet(folder / "train.parquet")
    for name, targets in (("valid", VALIDATION), ("test", test)):
        pd.DataFrame({"user": range(N_USERS), "item": targets}).to_parquet(folder / f"{name}.parquet")
    pd.DataFrame({"item": range(N_ITEMS)}).to_parquet(folder / "items.parquet")
    splits = [folder / f"{name}.parquet" for name in ("train", "valid", "items")]
    return ControlInputs(*splits, features(folder).paths["embeddings"])
