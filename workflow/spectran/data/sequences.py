"""Splits as padded arrays: what models and evaluation read."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

Ids = NDArray[np.int64]


@dataclass(frozen=True)
class Sequences:
    """Item sequences of U users over N items.

    Attributes:
        sequences: each user's items, oldest first; user u is at place u.
        n_items: N; also the padding index.
    """

    sequences: list[Ids]
    n_items: int

    def histories(self, length: int) -> Ids:
        """The last `length` items of every user, left-padded with N; shape (U, length)."""
        padded = np.full((len(self.sequences), length), self.n_items, dtype=np.int64)
        for row, sequence in zip(padded, self.sequences, strict=True):
            tail = sequence[-length:]
            row[length - len(tail) :] = tail
        return padded

    def distinct(self) -> Ids:
        """Each user's different items, ascending, filled up with N; shape (U, E), E the most a user has."""
        items = [np.unique(sequence) for sequence in self.sequences]
        filled = np.full((len(items), max(map(len, items))), self.n_items, dtype=np.int64)
        for row, found in zip(filled, items, strict=True):
            row[: len(found)] = found
        return filled

    def followed_by(self, targets: Ids) -> "Sequences":
        """Every sequence with one more item, targets of shape (U,)."""
        pairs = zip(self.sequences, targets, strict=True)
        return Sequences([np.append(sequence, target) for sequence, target in pairs], self.n_items)

    def popularity(self) -> Ids:
        """How often each item occurs, shape (N,)."""
        return np.bincount(np.concatenate(self.sequences), minlength=self.n_items)


def read_train(train: Path, items: Path) -> Sequences:
    """The train part: train.parquet in long form (columns user, item in time order), one entry a user.

    Raises:
        ValueError: if users or items are not numbered as the prepared files number them.
    """
    table = pd.read_parquet(train, columns=["user", "item"])
    n_items = len(pd.read_parquet(items, columns=["item"]))
    users, starts = np.unique(table["user"].to_numpy(), return_index=True)
    if not np.array_equal(users, np.arange(len(users))) or not table["user"].is_monotonic_increasing:
        raise ValueError(f"{train}: users 0, 1, 2 ... in this order expected; was the file edited?")
    return Sequences(np.split(_items(train, table, n_items), starts[1:]), n_items)


def read_targets(path: Path, train: Sequences) -> Ids:
    """One target item for each user of the train part, shape (U,), from valid.parquet or test.parquet.

    Raises:
        ValueError: if there is not exactly one row a user, in order, with an item of the catalogue.
    """
    table = pd.read_parquet(path, columns=["user", "item"])
    users = len(train.sequences)
    if not np.array_equal(table["user"].to_numpy(), np.arange(users)):
        raise ValueError(f"{path}: one row for each of {users} users in order expected, found {len(table)} rows")
    return _items(path, table, train.n_items)


def _items(path: Path, table: pd.DataFrame, n_items: int) -> Ids:
    """The column `item`, each of 0 .. N - 1."""
    if table["item"].isna().any() or not table["item"].between(0, n_items - 1).all():
        wrong = table["item"][~table["item"].between(0, n_items - 1)]
        raise ValueError(f"{path}: items 0 ... {n_items - 1} expected, found {wrong.iloc[0]} in row {wrong.index[0]}")
    return table["item"].to_numpy(dtype=np.int64, copy=True)
