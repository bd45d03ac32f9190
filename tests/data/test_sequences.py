"""Splits as arrays: padding, histories, and files that someone has edited."""

import numpy as np
import pandas as pd
import pytest

from made_splits import write_part
from spectran.data.sequences import Sequences, read_cases, read_train


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
    """Write rows (user, item) as train, valid and test part of three items."""

    def write(*parts):
        for name, rows in zip(("train", "valid", "test"), parts, strict=False):
            write_part(tmp_path / f"{name}.parquet", pd.DataFrame(rows, columns=["user", "item"]), n_items=3)
        return [tmp_path / f"{name}.parquet" for name in ("train", "valid", "test")]

    return write


def test_a_train_part_is_read_in_order(written):
    train, *_ = written([(0, 2), (0, 1), (1, 0)])
    found = read_train(train)
    assert [sequence.tolist() for sequence in found.sequences] == [[2, 1], [0]]
    assert found.n_items == 3


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ([(1, 0), (0, 1)], r"train.parquet: users 0, 1, 2 ... in this order expected"),
        ([(-1, 0), (0, 1)], r"train.parquet: users 0, 1, 2 ... in this order expected"),
        ([(0, 0), (1, 3)], r"train.parquet: items 0 ... 2 expected, found 3 in row 1"),
        ([(0, -1), (1, 0)], r"train.parquet: items 0 ... 2 expected, found -1 in row 0"),
        ([(0, 1.0), (1, None)], r"train.parquet: items 0 ... 2 expected, found nan in row 1"),
        ([], r"train.parquet: at least one row expected, found none"),
    ],
)
def test_edited_parts_are_refused(written, rows, message):
    train, *_ = written(rows)
    with pytest.raises(ValueError, match=message):
        read_train(train)
    with pytest.raises(ValueError, match=message):
        read_cases(train, [train])


def plain(cases):
    return cases.users.tolist(), [known.tolist() for known in cases.known.sequences], cases.targets.tolist()


def test_cases_where_every_user_is_in_every_part(written):
    train, valid, test = written([(0, 0), (0, 1), (1, 1)], [(0, 2), (1, 0)], [(0, 1), (1, 2)])
    assert plain(read_cases(valid, [train])) == ([0, 1], [[0, 1], [1]], [2, 0])
    assert plain(read_cases(test, [train, valid])) == ([0, 1], [[0, 1, 2], [1, 0]], [1, 2])


def test_cases_where_every_user_is_in_one_part(written):
    train, valid, test = written([(1, 0), (1, 1)], [(0, 2), (0, 1), (3, 0), (3, 2)], [(2, 0), (2, 1), (2, 2)])
    assert [sequence.tolist() for sequence in read_train(train).sequences] == [[0, 1]]
    assert plain(read_cases(valid, [train])) == ([0, 3], [[2], [0]], [1, 2])
    assert plain(read_cases(test, [train, valid])) == ([2], [[0, 1]], [2])


@pytest.mark.parametrize(
    ("valid", "message"),
    [
        ([(0, 1)], "valid.parquet: all users of the train part or none of them expected, found 1 of 2"),
        ([(1, 0), (2, 0), (2, 1)], "valid.parquet: all users of the train part or none of them expected, found 1 of 2"),
        (
            [(2, 0), (2, 1), (3, 0)],
            "valid.parquet: at least one item before the target expected, found none for user 3",
        ),
    ],
)
def test_a_part_that_lacks_users_or_histories_is_refused(written, valid, message):
    train, valid, _ = written([(0, 0), (0, 1), (1, 1)], valid)
    with pytest.raises(ValueError, match=message):
        read_cases(valid, [train])


def test_a_train_part_that_lost_a_user_is_noticed_by_what_is_asked(written):
    train, valid, _ = written([(0, 0), (2, 1)], [(0, 1), (1, 1), (2, 0)])
    with pytest.raises(ValueError, match="at least one item before the target expected, found none for user 1"):
        read_cases(valid, [train])


@pytest.mark.parametrize("attrs", [{}, {"items": None}, {"items": "3"}])
def test_a_part_that_does_not_say_how_many_items_there_are_is_refused(written, attrs):
    train, valid, _ = written([(0, 0), (1, 1)], [(0, 1), (1, 0)])
    table = pd.read_parquet(train)
    table.attrs = attrs
    table.to_parquet(train)
    message = r"train\.parquet: the number of items in its metadata expected, found none; .* Delete it and run again"
    with pytest.raises(ValueError, match=message):
        read_train(train)
    with pytest.raises(ValueError, match=message):
        read_cases(valid, [train])


def test_parts_of_different_numbers_of_items_are_refused(written):
    train, valid, test = written([(0, 0), (1, 1)], [(0, 1), (1, 0)], [(0, 2), (1, 2)])
    write_part(valid, pd.read_parquet(valid), n_items=4)
    message = r"valid\.parquet: 3 items expected, as in .*train\.parquet, found 4; .* Delete both and run again"
    for path, before in ((valid, [train]), (test, [train, valid])):
        with pytest.raises(ValueError, match=message):
            read_cases(path, before)
