"""Every method under a split of the users: it trains on some, is chosen by others, and ranks a third kind."""

import numpy as np
import pandas as pd
import pytest
import torch

from made_splits import RANKS_COLUMNS
from small import BACKBONES, HISTORY, METHODS, N_ITEMS, N_USERS, blueprint, cases, member, sequences
from spectran.config.training import Evaluation, Training
from spectran.data.sequences import Cases, Sequences
from spectran.evaluation.cell import rank_users
from spectran.evaluation.metrics import per_user
from spectran.evaluation.ranking import rank_targets
from spectran.training.data import TrainingData, prepare
from spectran.training.pack import PackRun

CELLS = [pytest.param("sasrec", m, id=f"{m}-sasrec") for m in METHODS]
CELLS += [pytest.param(b, "base", id=f"base-{b}") for b in BACKBONES if b != "sasrec"]
CPU = torch.device("cpu")
VALIDATING, TESTED = (3, 8, 21, 22), (1, 30, 39)
TRAINING = Training(batch=16, negatives=5)


def train_part() -> Sequences:
    """The users that are in neither of the others."""
    left = [user for user in range(N_USERS) if user not in (*VALIDATING, *TESTED)]
    return Sequences([sequences().sequences[user] for user in left], N_ITEMS)


def data(validation: Cases) -> TrainingData:
    return prepare(train_part(), validation, HISTORY, CPU)


@pytest.mark.parametrize(("backbone", "method"), CELLS)
def test_it_trains_on_some_and_ranks_others(tmp_path, backbone, method):
    plan = blueprint(tmp_path, METHODS[method], BACKBONES[backbone])
    members = (member(0), member(1))
    run = PackRun(plan, members, data(cases(VALIDATING)), TRAINING, Evaluation())
    run.advance()
    run.advance()
    row = run.records[1].rows[-1]
    asked = cases(VALIDATING)
    run.model.eval()
    ranks = rank_targets(run.model, torch.tensor(asked.known.histories(HISTORY)), torch.tensor(asked.targets), "cosine")
    found = per_user(pd.DataFrame({"rank": ranks.rank[1].numpy(), "ties": ranks.ties[1].numpy()}), [20])
    assert len(found) == len(VALIDATING)
    assert row["ndcg@20"] == pytest.approx(found["ndcg@20"].mean())
    tested = cases(TESTED)
    table = pd.concat(rank_users(run.model, members, train_part(), tested, HISTORY, CPU), ignore_index=True)
    assert list(table.columns) == RANKS_COLUMNS
    assert table["user"].tolist() == [1, 30, 39] * 4
    assert table["rank"].between(1, N_ITEMS).all()
    assert table["target"].tolist() == tested.targets.tolist() * 4
    counts = np.bincount(np.concatenate(train_part().sequences), minlength=N_ITEMS)
    assert table["popularity"].tolist() == counts[tested.targets].tolist() * 4


@pytest.mark.parametrize("method", ["base", "llm-esr"])
def test_what_validates_is_not_learned_from(tmp_path, method):
    states = []
    for users in (VALIDATING, TESTED[:1]):
        plan = blueprint(tmp_path, METHODS[method])
        run = PackRun(plan, (member(0),), data(cases(users)), TRAINING, Evaluation())
        run.advance()
        states.append(run.model.state_dict())
    assert all(torch.equal(one, states[1][name]) for name, one in states[0].items())
