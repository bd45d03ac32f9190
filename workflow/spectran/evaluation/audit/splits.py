"""The leave-one-out splits of a dataset, as its audit looks at them."""

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from spectran.data.sequences import Ids, Sequences, read_cases, read_train


@dataclass(frozen=True)
class Splits:
    """Every user's whole sequence in three parts: the train part, the validation target, the test target.

    Attributes:
        titles: of N items, in their order.
        train: the train part of U users.
        histories: what is known before the test target: the train part and the validation target.
        validation: validation targets, shape (U,).
        test: test targets, shape (U,).
        times: of the train part in its order, of the validation and of the test targets.
    """

    titles: pd.Series
    train: Sequences
    histories: Sequences
    validation: Ids
    test: Ids
    times: tuple[Ids, Ids, Ids]

    @cached_property
    def whole(self) -> Sequences:
        """The whole sequences."""
        pairs = zip(self.histories.sequences, self.test, strict=True)
        return Sequences([np.append(sequence, target) for sequence, target in pairs], self.train.n_items)

    @cached_property
    def popularity(self) -> Ids:
        """How often each item occurs in the train part, shape (N,)."""
        return self.train.popularity()

    @cached_property
    def rows(self) -> pd.DataFrame:
        """Columns user (0, 1 ...), item, time, one interaction a row, whole sequence after whole sequence."""
        users = np.arange(len(self.test))
        of_train = np.repeat(users, [len(sequence) for sequence in self.train.sequences])
        table = pd.DataFrame(
            {
                "user": np.concatenate([of_train, users, users]),
                "item": np.concatenate([*self.train.sequences, self.validation, self.test]),
                "time": np.concatenate(self.times),
            }
        )
        return table.sort_values("user", kind="stable", ignore_index=True)

    @cached_property
    def validation_is_later(self) -> NDArray[np.bool_]:
        """Whether a validation target is later than the item before it, shape (U,)."""
        last = np.cumsum([len(sequence) for sequence in self.train.sequences]) - 1
        later: NDArray[np.bool_] = self.times[1] > self.times[0][last]
        return later

    @cached_property
    def neighbours(self) -> NDArray[np.bool_]:
        """Which rows but the first are of the same user as the row before, shape (rows - 1,)."""
        users: Ids = self.rows["user"].to_numpy()
        same: NDArray[np.bool_] = users[1:] == users[:-1]
        return same


def read_splits(items: Path, train: Path, valid: Path, test: Path) -> Splits:
    """Read leave-one-out splits.

    Args:
        items: items.parquet, for the titles.
        train: train.parquet.
        valid: valid.parquet.
        test: test.parquet.

    Raises:
        ValueError: if the files are not as the workflow writes them, or are another kind of split.
    """
    before = read_train(train)
    validation, tested = read_cases(valid, [train]), read_cases(test, [train, valid])
    titles = pd.read_parquet(items, columns=["title"])["title"]
    if len(titles) != before.n_items:
        raise ValueError(f"{items}: {before.n_items} items expected, as {train} says, found {len(titles)}")
    times = (_times(train), _times(valid), _times(test))
    if not len(before.sequences) == len(times[1]) == len(times[2]):
        raise ValueError(f"{test}: one validation and one test target of every user expected: leave-one-out splits")
    return Splits(
        titles=titles,
        train=before,
        histories=tested.known,
        validation=validation.targets,
        test=tested.targets,
        times=times,
    )


def _times(path: Path) -> Ids:
    return pd.read_parquet(path, columns=["timestamp"])["timestamp"].to_numpy(dtype=np.int64)
