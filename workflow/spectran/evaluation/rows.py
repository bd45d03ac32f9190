"""Rows of ranks.parquet: one a user, with what groups users later."""

import numpy as np
import pandas as pd
from torch import Tensor

from spectran.data.sequences import Ids, Sequences


def rank_rows(
    rank: Tensor, ties: Tensor, *, seed: int, score: str, train: Sequences, inputs: Ids, targets: Ids
) -> pd.DataFrame:
    """One row a user, for one seed and score.

    Args:
        rank: 1 + items scored strictly higher than the target, shape (U,).
        ties: other items with exactly the target's score, shape (U,).
        seed: of the member.
        score: name of what was ranked by.
        train: the train part, for popularity.
        inputs: what was known before the target, left-padded with N, shape (U, T).
        targets: shape (U,).

    Returns:
        Columns user, seed, score, target, rank, ties, history (items the model saw), popularity (the target's count in
        the train part).
    """
    columns = {
        "target": targets,
        "rank": rank.cpu().numpy(),
        "ties": ties.cpu().numpy(),
        "history": (inputs != train.n_items).sum(axis=1),
        "popularity": train.popularity()[targets],
    }
    counts = {name: values.astype(np.int32) for name, values in columns.items()}
    users = np.arange(len(targets), dtype=np.int32)
    return pd.DataFrame({"user": users, "seed": seed, "score": score, **counts})
