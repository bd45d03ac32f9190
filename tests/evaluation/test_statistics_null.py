"""A null comparison on trained models: the same method with other seeds is no better than itself."""

from itertools import combinations

import numpy as np
import pandas as pd
import pytest
import torch

from small import features
from spectran.config.backbones import SASRec
from spectran.config.methods import Base
from spectran.config.training import Compute, Evaluation, Training
from spectran.data.sequences import Cases, Sequences
from spectran.evaluation.cell import rank_users
from spectran.evaluation.statistics.student import student
from spectran.evaluation.statistics.two_way import two_way
from spectran.evaluation.statistics.values import values_of
from spectran.models.members import Member
from spectran.models.recommender import Blueprint
from spectran.training.data import prepare
from spectran.training.schedule import Schedule

USERS, ITEMS, HISTORY, DIM, SEEDS = 250, 60, 6, 8, 24


@pytest.fixture(scope="module")
def values(tmp_path_factory):
    """Per-user metrics of 24 seeds of SASRec, trained as one pack; shape (24, 250, 2)."""
    folder = tmp_path_factory.mktemp("null")
    rng = np.random.default_rng(5)
    walks = [(rng.integers(ITEMS) + np.cumsum(rng.integers(0, 4, rng.integers(4, 9)))) % ITEMS for _ in range(USERS)]
    train, before = (Sequences([walk[:end] for walk in walks], ITEMS) for end in (-2, -1))
    users = np.arange(USERS)
    valid = Cases(users, train, np.array([walk[-2] for walk in walks]))
    test = Cases(users, before, np.array([walk[-1] for walk in walks]))
    device = torch.device("cpu")
    blueprint = Blueprint(SASRec(), Base(), DIM, HISTORY, features(folder, n_items=ITEMS))
    point = {"weight_decay": 0.0, "dropout": 0.1, "id_scale": 1.0, "learning_rate": 1e-2, "mask_ratio": 0.0}
    members = tuple(Member(seed=seed, **point) for seed in range(SEEDS))
    training = Training(batch=64, epochs=8, patience=8, negatives=16)
    compute = Compute(device="cpu", pack=SEEDS, checkpoint_seconds=1000)
    data = prepare(train, valid, HISTORY, device)
    outcomes = Schedule(blueprint, data, training, Evaluation(), compute, folder / "state", "null", "null").train(
        list(members)
    )
    model = blueprint.build(members).eval()
    for name, parameter in model.named_parameters():
        parameter.data = torch.stack([outcomes[member].state[name] for member in members])
    ranks = pd.concat(rank_users(model, members, train, test, HISTORY, device)).query("score == 'cosine'")
    return values_of(ranks, folder, range(SEEDS), [20], "expected").values


def rejected(differences):
    """Share of null comparisons with p < 0.05 over users alone, and over users and seeds; one metric a row."""
    sources = [two_way(difference) for difference in differences]
    users = [student(source.mean, source.se_users, USERS - 1, 0.95).p < 0.05 for source in sources]
    total = [student(source.mean, source.se_total, source.freedom, 0.95).p < 0.05 for source in sources]
    return np.mean(users, axis=0), np.mean(total, axis=0)


def test_two_seeds_of_one_method_differ_more_than_users_can_tell(values):
    """Every pair of seeds by the paired t test over users: it takes both models as given, and they do differ.

    Trained this briefly, other seeds move the mean more than other users do, so that a third of all pairs are
    "significantly" different, not one in twenty. A mark over users alone says that these trained models differ on such
    users, not that the method does.
    """
    over_users, _ = rejected([values[[a]] - values[[b]] for a, b in combinations(range(SEEDS), 2)])
    assert (over_users > 0.15).all(), over_users


def test_over_users_and_seeds_one_null_comparison_in_twenty_is_significant(values):
    """Five seeds against five others of the same method, 1000 times.

    All comparisons share 24 models, and degrees of freedom are approximate, so 2 to 12 % pass as about 5 %.
    """
    rng = np.random.default_rng(0)
    drawn = [rng.permutation(SEEDS)[:10] for _ in range(1000)]
    over_users, over_both = rejected([values[places[:5]] - values[places[5:]] for places in drawn])
    assert (over_users > 0.15).all(), over_users
    assert ((over_both > 0.02) & (over_both < 0.12)).all(), over_both
