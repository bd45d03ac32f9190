"""Splits as arrays: padding, histories, and files that someone has edited."""

import numpy as np
import pandas as pd
import pytest

from spectran.data.sequences import Sequences, read_targets, read_train


def sequences(*rows):
    return Sequences([np.array(row) for row in rows], n_items=9)


def test_histories_keep_the_last_items_and_pad_on_the_left():
    assert sequences([1, 2, 3, 4], [5]).histories(3).tolist() == [[2, 3, 4], [9, 9, 5]]


def test_the_test_history_ends_with_the_validation_target():
    extended = sequences([1, 2], [3]).followed_by(np.array([7, 8]))
    assert extended.histories(3).tolist() == [[1, 2, 7], [9, 3, 8]]


def test_popularity_and_distinct_items():
    train = sequences([1, 2, 1], [2, 8])
    assert train.popularity().tolist() == [0, 2, 2, 0, 0, 0, 0, 0, 1]
    assert train.distinct().tolist() == [[1, 2], [2, 8]]
    assert sequences([3, 3, 3], [4, 1]).distinct().tolist() == [[3, 9], [1, 4]]


@pytest.fixture
def written(tmp_path):
    def write(users, items, catalogue=3):
        pd.DataFrame({"user": users, "item": items}).to_parquet(tmp_path / "train.parquet")
        pd.DataFrame({"item": range(catalogue)}).to_parquet(tmp_path / "items.parquet")
        return tmp_path / "train.parquet", tmp_path / "items.parquet"

    return write


def test_a_train_part_is_read_in_order(written):
    train = read_train(*written([0, 0, 1], [2, 1, 0]))
    assert [sequence.tolist() for sequence in train.sequences] == [[2, 1], [0]]
    assert train.n_items == 3


@pytest.mark.parametrize(
    ("users", "items", "message"),
    [
        ([0, 2], [0, 1], r"train.parquet: users 0, 1, 2 ... in this order expected"),
        ([1, 0], [0, 1], r"train.parquet: users 0, 1, 2 ... in this order expected"),
        ([0, 1], [0, 3], r"train.parquet: items 0 ... 2 expected, found 3 in row 1"),
        ([0, 1], [-1, 0], r"train.parquet: items 0 ... 2 expected, found -1 in row 0"),
    ],
)
def test_edited_train_parts_are_refused(written, users, items, message):
    with pytest.raises(ValueError, match=message):
        read_train(*written(users, items))


@pytest.mark.parametrize(
    ("users", "items", "message"),
    [
        ([0], [1], "one row for each of 2 users in order expected, found 1 rows"),
        ([1, 0], [1, 1], "one row for each of 2 users in order"),
        ([0, 1], [1, 9], "items 0 ... 8 expected, found 9 in row 1"),
        ([0, 1], [1.0, None], "items 0 ... 8 expected, found nan in row 1"),
    ],
)
def test_edited_targets_are_refused(tmp_path, users, items, message):
    path = tmp_path / "test.parquet"
    pd.DataFrame({"user": users, "item": items}).to_parquet(path)
    with pytest.raises(ValueError, match=message):
        read_targets(path, sequences([1, 2], [3]))
