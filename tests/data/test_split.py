"""Splits: leave-one-out by hand; users 8:1:1, disjoint, the same every time, and read as what they are."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from spectran.config.data import Protocol
from spectran.data.errors import DataError
from spectran.data.sequences import read_cases, read_train
from spectran.data.split import by_users, leave_one_out, split_by_name, users_tested

PARTS = ("train", "valid", "test")


def interactions(*lengths: int) -> pd.DataFrame:
    """Users with so many interactions; the items of user u are 100 u, 100 u + 1 ..."""
    users = np.repeat(np.arange(len(lengths)), lengths).astype(np.int32)
    places = np.concatenate([np.arange(length) for length in lengths])
    items = (100 * users + places).astype(np.int32)
    return pd.DataFrame({"user": users, "item": items, "timestamp": 10 * places.astype(np.int64)})


def test_leave_one_out_by_hand():
    split = leave_one_out(interactions(4, 5))
    assert split.train.to_numpy().tolist() == [[0, 0, 0], [0, 1, 10], [1, 100, 0], [1, 101, 10], [1, 102, 20]]
    assert split.valid.to_numpy().tolist() == [[0, 2, 20], [1, 103, 30]]
    assert split.test.to_numpy().tolist() == [[0, 3, 30], [1, 104, 40]]
    for part in vars(split).values():
        assert part.dtypes.to_dict() == {"user": np.int32, "item": np.int32, "timestamp": np.int64}
        assert part.index.tolist() == list(range(len(part)))


@given(users=st.integers(6, 120), seed=st.integers(0, 5))
def test_users_are_in_one_part_each_and_eight_to_one_to_one(users, seed):
    whole = interactions(*[4 + user % 3 for user in range(users)])
    parts = vars(by_users(whole, seed)).values()
    members = [set(part["user"]) for part in parts]
    assert sum(map(len, members)) == len(set.union(*members)) == users
    assert len(members[2]) == users_tested("users-1", users)
    assert users_tested("leave-one-out", users) == users
    for found, share in zip(members, (0.8, 0.1, 0.1), strict=True):
        assert abs(len(found) - share * users) < 1
        assert found
    assert pd.concat(parts).sort_values(["user", "timestamp"], ignore_index=True).equals(whole)
    assert all(part["user"].is_monotonic_increasing for part in parts)


def test_the_sizes_are_those_of_preferdiffs_files():
    for users, sizes in ((19_412, [15_529, 1_941, 1_942]), (22_363, [17_890, 2_236, 2_237])):
        parts = vars(by_users(interactions(*[1] * users), seed=0)).values()
        assert [len(part) for part in parts] == sizes


def test_the_order_is_the_seeds_and_not_that_of_the_users():
    whole = interactions(*[4] * 50)
    first, again, other = (by_users(whole, seed) for seed in (0, 0, 1))
    assert first.test.equals(again.test)
    assert not first.test.equals(other.test)
    assert first.test["user"].unique().tolist() != [45, 46, 47, 48, 49]


def test_too_few_users_are_refused():
    with pytest.raises(DataError, match="split 8:1:1: enough for a user in each part expected, found 5"):
        by_users(interactions(*[4] * 5), seed=0)


@pytest.mark.parametrize(
    ("protocol", "name"),
    [
        (Protocol(), "leave-one-out"),
        (Protocol(split="users"), "users-0"),
        (Protocol(split="users", split_seed=12), "users-12"),
    ],
)
def test_a_split_is_found_by_the_name_of_its_folder(protocol, name):
    whole = interactions(*[4] * 10)
    assert protocol.split_name == name
    expected = leave_one_out(whole) if protocol.split == "leave_one_out" else by_users(whole, protocol.split_seed)
    assert split_by_name(whole, name).train.equals(expected.train)


@pytest.mark.parametrize("name", ["users", "users-x", "users-1/..", "leave_one_out"])
def test_other_names_are_refused(name):
    with pytest.raises(ValueError, match="leave-one-out, or users- and a seed expected"):
        split_by_name(interactions(4), name)


def read(folder, split, length):
    """What training and evaluation get: train sequences, and (user, history, target) of validation and test."""
    split.write(folder)
    train, valid, test = (folder / f"{name}.parquet" for name in PARTS)
    asked = [read_cases(valid, [train]), read_cases(test, [train, valid])]
    rows = [
        list(zip(cases.users.tolist(), cases.known.histories(length).tolist(), cases.targets.tolist(), strict=True))
        for cases in asked
    ]
    return [sequence.tolist() for sequence in read_train(train).sequences], *rows


@pytest.mark.parametrize("name", ["leave-one-out", "users-0"])
def test_every_part_says_how_many_items_there_are_even_if_it_lacks_the_last(tmp_path, name):
    split = split_by_name(interactions(*[4] * 10), name)
    assert any(part["item"].max() < 903 for part in vars(split).values())
    written = []
    for _ in range(2):
        split.write(tmp_path)
        train, valid, test = paths = [tmp_path / f"{part}.parquet" for part in PARTS]
        found = [read_train(train), read_cases(valid, [train]).known, read_cases(test, [train, valid]).known]
        assert [sequences.n_items for sequences in found] == [904] * 3
        written.append([path.read_bytes() for path in paths])
    assert written[0] == written[1]


def test_leave_one_out_as_it_is_read(tmp_path):
    train, valid, test = read(tmp_path, leave_one_out(interactions(4, 7)), length=4)
    assert train == [[0, 1], [100, 101, 102, 103, 104]]
    assert valid == [(0, [107, 107, 0, 1], 2), (1, [101, 102, 103, 104], 105)]
    assert test == [(0, [107, 0, 1, 2], 3), (1, [102, 103, 104, 105], 106)]


def test_users_as_they_are_read(tmp_path):
    lengths = [4 + user for user in range(10)]
    split = by_users(interactions(*lengths), seed=3)
    train, valid, test = read(tmp_path, split, length=5)
    (validating,), (tested,) = valid, test
    for user, history, target in (validating, tested):
        whole = [100 * user + place for place in range(lengths[user])]
        assert target == whole[-1]
        assert history == ([913] * 5 + whole[:-1])[-5:]
    left = [user for user in range(10) if user not in (validating[0], tested[0])]
    assert train == [[100 * user + place for place in range(lengths[user])] for user in left]
    assert not {item for sequence in train for item in sequence} & {validating[2], tested[2], *validating[1]}


def test_a_history_is_cut_to_the_models_length(tmp_path):
    _, valid, test = read(tmp_path, by_users(interactions(*[13] * 10), seed=0), length=10)
    for user, history, target in (*valid, *test):
        assert history == [100 * user + place for place in range(2, 12)]
        assert target == 100 * user + 12
