"""Splits as padded arrays: what models and evaluation read."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from spectran.data.item_count import item_count

Ids = NDArray[np.int64]


@dataclass(frozen=True)
class Sequences:
    """Item sequences of U users over N items.

    Attributes:
        sequences: each user's items, oldest first.
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


@dataclass(frozen=True)
class Cases:
    """What is asked of V users: the next item after a history.

    Attributes:
        users: the users' numbers, ascending, shape (V,).
        known: what is known of each of them before the target.
        targets: the items to find, shape (V,).
    """

    users: Ids
    known: Sequences
    targets: Ids


def read_train(train: Path) -> Sequences:
    """The train part: train.parquet in long form (columns user, item in time order), one entry a user that has rows.

    Raises:
        ValueError: if the file does not say how many items there are, or users or items are not numbered and ordered
            as the prepared files are.
    """
    table, n_items = _read(train)
    return Sequences(_by_user(table)[1], n_items)


def read_cases(path: Path, before: Sequence[Path]) -> Cases:
    """Validation or test: the last row of each user of a part is the target, everything before it the history.

    Args:
        path: the part, valid.parquet or test.parquet.
        before: the parts that are known when it is asked for: train.parquet, for a test also valid.parquet.

    Raises:
        ValueError: if a file does not say how many items there are, or another number than the first; users or items
            are not numbered and ordered as the prepared files are; some but not all users of the train part are asked
            for; or nothing is known of a user.
    """
    files = [*before, path]
    read = [_read(file) for file in files]
    n_items = read[0][1]
    for file, (_, found) in zip(files, read, strict=True):
        if found != n_items:
            wanted = f"{n_items} items expected, as in {files[0]}"
            raise ValueError(f"{file}: {wanted}, found {found}; are they of one split? Delete both and run again")
    *earlier, part = (table for table, _ in read)
    asked, trained = part["user"].unique(), earlier[0]["user"].unique()
    shared = np.isin(trained, asked).sum()
    if shared not in (0, len(trained)):
        some = f"found {shared} of {len(trained)}"
        raise ValueError(f"{path}: all users of the train part or none of them expected, {some}; was the file edited?")
    together = pd.concat([table[table["user"].isin(asked)] for table in (*earlier, part)])
    users, sequences = _by_user(together.sort_values("user", kind="stable"))
    alone = [user for user, sequence in zip(users, sequences, strict=True) if len(sequence) < 2]
    if alone:
        raise ValueError(f"{path}: at least one item before the target expected, found none for user {alone[0]}")
    targets = np.array([sequence[-1] for sequence in sequences], dtype=np.int64)
    return Cases(users, Sequences([sequence[:-1] for sequence in sequences], n_items), targets)


def _read(path: Path) -> tuple[pd.DataFrame, int]:
    """The columns user and item as int64, in ascending order of users, each item one of 0 .. N - 1; and N."""
    table = pd.read_parquet(path, columns=["user", "item"])
    n_items = item_count(table.attrs)
    if n_items is None:
        doubt = "was it made by an earlier version, or edited? Delete it and run again"
        raise ValueError(f"{path}: the number of items in its metadata expected, found none; {doubt}")
    if table.empty:
        raise ValueError(f"{path}: at least one row expected, found none")
    if not table["user"].is_monotonic_increasing or table["user"].iloc[0] < 0:
        raise ValueError(f"{path}: users 0, 1, 2 ... in this order expected; was the file edited?")
    if table["item"].isna().any() or not table["item"].between(0, n_items - 1).all():
        wrong = table["item"][~table["item"].between(0, n_items - 1)]
        raise ValueError(f"{path}: items 0 ... {n_items - 1} expected, found {wrong.iloc[0]} in row {wrong.index[0]}")
    return table.astype(np.int64), n_items


def _by_user(table: pd.DataFrame) -> tuple[Ids, list[Ids]]:
    """The users of a table that is ordered by them, and each one's items."""
    users, starts = np.unique(table["user"].to_numpy(), return_index=True)
    return users, np.split(table["item"].to_numpy(copy=True), starts[1:])
