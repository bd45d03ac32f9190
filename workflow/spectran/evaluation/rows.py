"""Rows of ranks.parquet: one a user, with what groups users later."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from spectran.data.sequences import Cases, Ids, Sequences

#: Of ranks.parquet, in order.
COLUMNS = ("user", "seed", "score", "target", "rank", "ties", "history", "popularity", "popularity_quantile")


def describe_users(train: Sequences, test: Cases, inputs: Ids) -> pd.DataFrame:
    """What rows of every seed and score have in common.

    Args:
        train: the train part, for popularity.
        test: V users' targets.
        inputs: what the model saw before the target, left-padded with N, shape (V, T).

    Returns:
        Columns user, target, history (items the model saw), popularity (the target's count in the train part) and
        popularity_quantile (float32: share of the N items with a larger count than the target's).
    """
    popularity = train.popularity()
    columns = {
        "user": test.users,
        "target": test.targets,
        "history": (inputs != train.n_items).sum(axis=1),
        "popularity": popularity[test.targets],
    }
    counts = {name: values.astype(np.int32) for name, values in columns.items()}
    return pd.DataFrame({**counts, "popularity_quantile": popularity_quantiles(popularity)[test.targets]})


def rank_rows(users: pd.DataFrame, rank: Ids, ties: Ids, *, seed: int, score: str) -> pd.DataFrame:
    """One row a user, for one seed and score.

    Args:
        users: what `describe_users` gives.
        rank: 1 + items scored strictly higher than the target, shape (V,).
        ties: other items with exactly the target's score, shape (V,).
        seed: of the member.
        score: name of what was ranked by.

    Returns:
        The columns `COLUMNS`.
    """
    rows = users.assign(seed=seed, score=score, rank=rank.astype(np.int32), ties=ties.astype(np.int32))
    return rows[list(COLUMNS)]


def popularity_quantiles(popularity: Ids) -> NDArray[np.float32]:
    """Share of the N items that are strictly more popular, 0 for the most popular; shape (N,)."""
    ascending = np.sort(popularity)
    more = len(ascending) - np.searchsorted(ascending, popularity, side="right")
    return (more / len(ascending)).astype(np.float32)
