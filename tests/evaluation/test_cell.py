"""A cell's test: what the model may know, whom it ranks, and what is kept of each user."""

import numpy as np
import pandas as pd
import pytest
import torch

from hidden import hidden_states
from made_splits import RANKS_COLUMNS, write_part
from small import HISTORY, METHODS, N_ITEMS, N_USERS, blueprint, member, sequences
from spectran.evaluation.cell import rank_users, read_test

TARGETS = np.arange(N_USERS) % N_ITEMS
VALIDATION = (np.arange(N_USERS) * 7 + 3) % N_ITEMS


@pytest.fixture
def split(tmp_path):
    train = [(user, item) for user, items in enumerate(sequences().sequences) for item in items]
    write_part(tmp_path / "train.parquet", pd.DataFrame(train, columns=["user", "item"]))
    for name, targets in (("valid", VALIDATION), ("test", TARGETS)):
        write_part(tmp_path / f"{name}.parquet", pd.DataFrame({"user": range(N_USERS), "item": targets}))
    return read_test(*(tmp_path / f"{name}.parquet" for name in ("train", "valid", "test")))


def test_the_history_ends_with_the_validation_target_and_has_no_test_target(split):
    train, test = split
    assert test.users.tolist() == list(range(N_USERS))
    assert test.targets.tolist() == TARGETS.tolist()
    for user, (before, known) in enumerate(zip(train.sequences, test.known.sequences, strict=True)):
        assert known.tolist() == [*before.tolist(), VALIDATION[user]]


def test_ranks_equal_a_plain_loop_and_tell_who_the_user_is(tmp_path, split):
    train, test = split
    members = (member(0), member(5))
    model = blueprint(tmp_path, METHODS["spectran"]).build(members).eval()
    table = pd.concat(rank_users(model, members, train, test, HISTORY, torch.device("cpu")), ignore_index=True)
    assert list(table.columns) == RANKS_COLUMNS
    assert len(table) == 2 * 2 * N_USERS
    items = model.method.item_table().detach()
    played = np.concatenate(train.sequences)
    for row in table.sample(60, random_state=0).itertuples():
        known = [*train.sequences[row.user].tolist(), VALIDATION[row.user]][-HISTORY:]
        ids = torch.full((2, 1, HISTORY), N_ITEMS)
        ids[:, 0, HISTORY - len(known) :] = torch.tensor(known)
        k = [0, 5].index(row.seed)
        scores = items[k, :-1] @ hidden_states(model, ids, items)[k, 0, -1].detach()
        if row.score == "cosine":
            scores = scores / items[k, :-1].norm(dim=1)
        assert row.rank == 1 + (scores > scores[row.target]).sum()
        assert (row.target, row.history) == (TARGETS[row.user], len(known))
        assert row.popularity == (played == row.target).sum()
        more_popular = sum((played == item).sum() > row.popularity for item in range(N_ITEMS))
        assert row.popularity_quantile == np.float32(more_popular / N_ITEMS)
