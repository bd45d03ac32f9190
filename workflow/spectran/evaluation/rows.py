"""Rows of ranks.parquet: one a user, with what groups users later."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from torch import Tensor

from spectran.data.sequences import Cases, Ids, Sequences


def rank_rows(
    rank: Tensor, ties: Tensor, *, seed: int, score: str, train: Sequences, test: Cases, inputs: Ids
) -> pd.DataFrame:
    """One row a user, for one seed and score.

    Args:
        rank: 1 + items scored strictly higher than the target, shape (V,).
        ties: other items with exactly the target's score, shape (V,).
        seed: of the member.
        score: name of what was ranked by.
        train: the train part, for popularity.
        test: V users' targets.
        inputs: what the model saw before the target, left-padded with N, shape (V, T).

    Returns:
        Columns user, seed, score, target, rank, ties, history (items the model saw), popularity (the target's count in
        the train part), popularity_quantile (float32: share of the N items with a larger count than the target's).
    """
    popularity = train.popularity()
    columns = {
        "target": test.targets,
        "rank": rank.cpu().numpy(),
        "ties": ties.cpu().numpy(),
        "history": (inputs != train.n_items).sum(axis=1),
        "popularity": popularity[test.targets],
    }
    counts = {name: values.astype(np.int32) for name, values in columns.items()}
    users = test.users.astype(np.int32)
    quantile = popularity_quantiles(popularity)[test.targets]
    return pd.DataFrame({"user": users, "seed": seed, "score": score, **counts, "popularity_quantile": quantile})


def popularity_quantiles(popularity: Ids) -> NDArray[np.float32]:
    """Share of the N items that are strictly more popular, 0 for the most popular; shape (N,)."""
    ascending = np.sort(popularity)
    more = len(ascending) - np.searchsorted(ascending, popularity, side="right")
    return (more / len(ascending)).astype(np.float32)
