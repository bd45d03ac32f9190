"""One cell's metrics, user by user and seed by seed, from its ranks.parquet."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray

from spectran.config.training import Score, Ties
from spectran.evaluation.metrics import per_user

Array = NDArray[np.float64]


class RanksError(ValueError):
    """A file of ranks is unreadable, or its users or seeds are not those expected."""


@dataclass(frozen=True)
class Values:
    """The metrics of one cell.

    Attributes:
        path: the file that they come from.
        metrics: names of the M metrics, "ndcg@10" say.
        users: user and test target of each of the U users, ascending by user, shape (U, 2).
        values: shape (S, U, M); seeds in the order of the study.
    """

    path: Path
    metrics: tuple[str, ...]
    users: NDArray[np.int64]
    values: Array

    def seed_means(self) -> Array:
        """Mean over users, shape (S, M)."""
        return np.asarray(self.values.mean(axis=1))


def require_same_users(first: Values, second: Values) -> None:
    """Let only pairs of cells pass that can be compared user by user.

    Raises:
        RanksError: if the two did not rank the same users' same targets with as many seeds.
    """
    if not np.array_equal(first.users, second.users):
        raise RanksError(f"{second.path}: the users and targets of {first.path} expected, found others")
    if len(first.values) != len(second.values):
        seeds, found = len(first.values), len(second.values)
        raise RanksError(f"{second.path}: {seeds} seeds as in {first.path} expected, found {found}")


def read_ranks(path: Path, score: Score) -> pd.DataFrame | None:
    """The rows of one ranking score; None for the empty file of a cell that failed.

    Raises:
        RanksError: if it is no Parquet file or has no such rows.
    """
    if path.stat().st_size == 0:
        return None
    try:
        ranks = pd.read_parquet(path, filters=[("score", "==", score)])
    except (pa.ArrowInvalid, OSError) as error:
        raise RanksError(f"{path}: a Parquet file with a column 'score' expected: {error}") from None
    if ranks.empty:
        raise RanksError(f"{path}: ranks by {score!r} expected, found none")
    return ranks


def values_of(ranks: pd.DataFrame, path: Path, seeds: Sequence[int], cutoffs: Iterable[int], ties: Ties) -> Values:
    """Every metric of every user and seed.

    Args:
        ranks: rows of one score (columns user, seed, target, rank, ties).
        path: the file that they come from, for messages.
        seeds: those of the study.
        cutoffs: the K of the metrics.
        ties: rule for equal scores.

    Raises:
        RanksError: if a column or seed is missing, or the seeds do not all have the same users and targets once each.
    """
    missing = [name for name in ("user", "seed", "target", "rank", "ties") if name not in ranks]
    if missing:
        raise RanksError(f"{path}: columns {missing} expected, found {list(ranks)}")
    found = sorted(ranks["seed"].unique().tolist())
    if found != sorted(seeds):
        raise RanksError(f"{path}: ranks of the seeds {sorted(seeds)} expected, found {found}")
    place = ranks["seed"].map({seed: place for place, seed in enumerate(seeds)}).to_numpy()
    ranks = ranks.iloc[np.lexsort((ranks["user"], place))]
    users = ranks[["user", "target"]].to_numpy(dtype=np.int64)
    first = users[: len(users) // len(seeds)]
    if len(users) % len(seeds) or not np.array_equal(users, np.tile(first, (len(seeds), 1))):
        raise RanksError(f"{path}: the same users and targets with every seed expected, found others")
    if len(first) < 2 or (np.diff(first[:, 0]) <= 0).any():
        raise RanksError(f"{path}: one row a user and seed, of two users at least, expected, found others")
    metrics = per_user(ranks, cutoffs, ties)
    values = metrics.to_numpy(dtype=np.float64).reshape(len(seeds), len(first), -1)
    return Values(path, tuple(map(str, metrics.columns)), first, values)
