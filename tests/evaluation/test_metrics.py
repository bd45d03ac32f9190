"""Metrics: by hand, against scikit-learn, and under each tie rule."""

import math

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import ndcg_score, top_k_accuracy_score

from spectran.evaluation.metrics import per_user, summarise


def table(rank, ties=None, **columns):
    return pd.DataFrame({"rank": rank, "ties": ties or [0] * len(rank), **columns})


def test_by_hand():
    metrics = per_user(table([1, 2, 3, 10, 11]), [10])
    assert metrics["hr@10"].tolist() == [1, 1, 1, 1, 0]
    expected = [1, 1 / math.log2(3), 1 / 2, 1 / math.log2(11), 0]
    assert metrics["ndcg@10"].tolist() == pytest.approx(expected)


def test_scikit_learn_agrees_on_random_ranks():
    rng = np.random.default_rng(0)
    scores = rng.normal(size=(200, 50))
    target = rng.integers(50, size=200)
    rank = 1 + (scores > scores[np.arange(200), target][:, None]).sum(axis=1)
    metrics = per_user(table(rank), [5, 10, 20]).mean()
    relevance = np.eye(50)[target]
    for k in (5, 10, 20):
        assert metrics[f"ndcg@{k}"] == pytest.approx(ndcg_score(relevance, scores, k=k))
        assert metrics[f"hr@{k}"] == pytest.approx(top_k_accuracy_score(target, scores, k=k, labels=np.arange(50)))


@pytest.mark.parametrize(("rule", "hit"), [("optimistic", 1), ("expected", 2 / 4), ("pessimistic", 0)])
def test_tie_rules(rule, hit):
    metrics = per_user(table([9], [3]), [10], rule)  # places 9, 10, 11, 12
    gains = {"optimistic": 1 / math.log2(10), "expected": (1 / math.log2(10) + 1 / math.log2(11)) / 4, "pessimistic": 0}
    assert metrics["hr@10"].item() == pytest.approx(hit)
    assert metrics["ndcg@10"].item() == pytest.approx(gains[rule])


def test_expected_is_the_mean_over_random_tie_breaking():
    where = 4 + np.random.default_rng(0).integers(0, 31, size=200_000)
    simulated = per_user(table(where), [10, 20]).mean()
    exact = per_user(table([4], [30]), [10, 20]).iloc[0]
    assert exact.to_dict() == pytest.approx(simulated.to_dict(), rel=0.02)


def test_scoring_all_items_alike_hits_k_times_in_n():
    ranks = table([1] * 4, [99] * 4)
    assert per_user(ranks, [10, 20])["hr@10"].mean() == pytest.approx(0.10)
    assert per_user(ranks, [10, 20])["hr@20"].mean() == pytest.approx(0.20)


def test_summary_is_the_mean_of_each_seed_and_score():
    ranks = table([1, 11, 1, 1], seed=[0, 0, 1, 1], score=["cosine"] * 4)
    summary = summarise(ranks, [10]).set_index("seed")
    assert summary["hr@10"].to_dict() == {0: 0.5, 1: 1.0}
