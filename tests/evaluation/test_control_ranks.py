"""A control's test: fitted on the train part alone, reading the validation item as history, ranked as members are."""

from itertools import pairwise

import numpy as np
import pandas as pd
import pytest

from made_splits import RANKS_COLUMNS, TEST, VALIDATION, write_splits
from small import HISTORY, N_ITEMS, N_USERS, sequences
from spectran.config.control_cells import ControlSettings
from spectran.config.controls import Markov, TextKnn
from spectran.evaluation.control import run_control_evaluation
from spectran.io import write_json


def ranked(folder, control, chosen, *, test=TEST):
    inputs = write_splits(folder, test=test)
    write_json(folder / "choice.json", {"chosen": chosen})
    run_control_evaluation(
        ControlSettings(control=control, history=HISTORY, ties="expected"),
        inputs,
        test=folder / "test.parquet",
        choice=folder / "choice.json",
        ranks=folder / "ranks.parquet",
        label="control",
    )
    return pd.read_parquet(folder / "ranks.parquet")


@pytest.mark.parametrize("back_off", [True, False])
def test_markov_ranks_equal_a_plain_loop_from_the_validation_item_on(tmp_path, back_off):
    table = ranked(tmp_path, Markov(), {"back_off": back_off})
    train = sequences()
    followed = np.zeros((N_ITEMS, N_ITEMS))
    played = np.concatenate(train.sequences)
    for sequence in train.sequences:
        for before, after in pairwise(sequence):
            followed[before, after] += 1
    for row in table.itertuples():
        scores = followed[VALIDATION[row.user]].copy()
        if back_off:
            scores[scores == 0] = (np.bincount(played, minlength=N_ITEMS) / 1e6)[scores == 0]
        assert row.rank == 1 + (scores > scores[row.target]).sum()
        assert row.ties == (scores == scores[row.target]).sum() - 1
        assert row.target == TEST[row.user]
        assert row.history == min(HISTORY, len(train.sequences[row.user]) + 1)
        assert row.popularity == (played == row.target).sum()


def test_the_file_has_the_columns_of_a_cells_ranks_and_one_row_a_user(tmp_path):
    table = ranked(tmp_path, TextKnn(), {"last": 2})
    assert list(table.columns) == RANKS_COLUMNS
    assert table["user"].tolist() == list(range(N_USERS))
    assert set(table["seed"]) == {0}
    assert set(table["score"]) == {"own"}


def test_the_window_is_what_was_chosen_but_the_history_stays_the_users(tmp_path):
    one, all_of_it = (ranked(tmp_path, TextKnn(), {"last": last}) for last in (1, None))
    assert not one["rank"].equals(all_of_it["rank"])
    assert one["history"].equals(all_of_it["history"])


def test_another_test_target_changes_its_own_users_row_only(tmp_path):
    other = TEST.copy()
    other[3] = (other[3] + 5) % N_ITEMS
    first, second = (ranked(tmp_path, Markov(), {"back_off": True}, test=test) for test in (TEST, other))
    changed = (first != second).any(axis=1)
    assert changed[changed].index.tolist() == [3]


def test_equal_inputs_give_equal_bytes(tmp_path):
    parts = []
    for _ in range(2):
        ranked(tmp_path, TextKnn(), {"last": 3})
        parts.append((tmp_path / "ranks.parquet").read_bytes())
    assert parts[0] == parts[1]
