"""Splits of a dataset into train, validation and test part.

All parts are read alike, whatever the split: a user's rows of a later part are what was not known before, the last of
them is the target, and all rows before it, of whichever part, are its history. Users without rows in a part are not
evaluated there. Every user has at least four interactions, for the protocol allows no smaller core and keeps no fewer.
"""

import re
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from spectran.data.errors import DataError
from spectran.data.item_count import with_count
from spectran.io import write_parquet


@dataclass(frozen=True)
class Split:
    """Three parts of a dataset's interactions: columns user, item (int32), timestamp (int64), by user and time.

    Each has the number of items of them all in its `attrs`, and in its file's metadata: see `item_count`.
    """

    train: pd.DataFrame
    valid: pd.DataFrame
    test: pd.DataFrame

    @classmethod
    def of(cls, interactions: pd.DataFrame, part: "pd.Series[int]") -> "Split":
        """Each interaction into its part: 0 train, 1 validation, 2 test."""
        parts = [interactions[part == number].reset_index(drop=True) for number in range(3)]
        # Items are numbered without gaps and each has interactions (see `Prepared`), but not each in every part.
        n_items = int(interactions["item"].max()) + 1
        for table in parts:
            table.attrs = with_count(n_items)
        return cls(*parts)

    def write(self, folder: Path) -> None:
        """Write train.parquet, valid.parquet and test.parquet."""
        for name, part in vars(self).items():
            write_parquet(folder / f"{name}.parquet", part)


def leave_one_out(interactions: pd.DataFrame) -> Split:
    """Of every user the last interaction is tested and the last but one validates (SpecTran section 4.1.1)."""
    users = interactions["user"].to_numpy()
    from_end = np.bincount(users).cumsum()[users] - 1 - np.arange(len(users))
    return Split.of(interactions, pd.Series(2 - from_end.clip(max=2), index=interactions.index))


def by_users(interactions: pd.DataFrame, seed: int) -> Split:
    """Users 8:1:1: all interactions of a user are in one part.

    The other reading of SpecTran's section 4.1.1, and AlphaFuse's setting of cold-start users. Parts end after 8/10
    and 9/10 of the users, rounded down, as in the files of PreferDiff (by an author of AlphaFuse). Different from
    those: users are dealt out in a random order, and a train user's whole sequence is there to learn from.

    Args:
        interactions: by user (0, 1, 2 ...) and time.
        seed: of the order.

    Raises:
        DataError: if a part would have no user.
    """
    users = int(interactions["user"].max()) + 1
    ends = _ends(users)
    if ends[0] == ends[1]:
        raise DataError(f"users to be split 8:1:1: enough for a user in each part expected, found {users}")
    place = np.empty(users, dtype=np.int64)
    place[np.random.default_rng(seed).permutation(users)] = np.arange(users)
    part = np.searchsorted(np.array(ends), place, side="right")
    return Split.of(interactions, pd.Series(part[interactions["user"]], index=interactions.index))


def split_by_name(interactions: pd.DataFrame, name: str) -> Split:
    """The split of this name; see `Protocol.split_name`.

    Raises:
        ValueError: if there is no such split.
    """
    if name == "leave-one-out":
        return leave_one_out(interactions)
    if found := re.fullmatch(r"users-(\d+)", name):
        return by_users(interactions, int(found[1]))
    raise ValueError(f"leave-one-out, or users- and a seed expected, found {name}")


def users_tested(name: str, users: int) -> int:
    """How many of a dataset's users have a test target under the split of this name."""
    return users if name == "leave-one-out" else users - _ends(users)[1]


def _ends(users: int) -> tuple[int, int]:
    """Where train and validation users end, 8:1:1."""
    return users * 8 // 10, users * 9 // 10
