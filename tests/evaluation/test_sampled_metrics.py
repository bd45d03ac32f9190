"""Sampled metrics: by hand, against draws, against SciPy, and where they are full ranking."""

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import hypergeom

from spectran.evaluation.metrics import per_user
from spectran.evaluation.sampled_metrics import per_user_sampled, sampled_gains


def table(rank, ties=None):
    return pd.DataFrame({"rank": rank, "ties": ties or [0] * len(rank)}, index=range(5, 5 + len(rank)))


def test_by_hand():
    """One of the three others is above the target; of two that are drawn it is one with chance 2 / 3."""
    metrics = per_user_sampled(table([2]), [1, 2], n_items=4, negatives=2)
    assert metrics["hr@1"].item() == pytest.approx(1 / 3)
    assert metrics["hr@2"].item() == pytest.approx(1)
    assert metrics["ndcg@2"].item() == pytest.approx(1 / 3 + 2 / 3 / math.log2(3))


def test_draws_without_replacement_have_this_mean():
    """Also among equals: the target beats those that were dealt a smaller number."""
    rng, n_items, negatives, draws = np.random.default_rng(1), 60, 15, 20_000
    rank, ties = 11, 6
    order = rng.random((draws, n_items - 1)).argsort(axis=1)[:, :negatives]
    # Others 0 .. 9 are above the target, 10 .. 15 are its equals.
    equals = (order >= rank - 1) & (order < rank - 1 + ties)
    own, theirs = rng.random((draws, 1)), rng.random(order.shape)
    places = 1 + (order < rank - 1).sum(axis=1) + (equals & (theirs < own)).sum(axis=1)
    simulated = per_user(table(places.tolist()), [1, 3, 5])
    exact = per_user_sampled(table([rank], [ties]), [1, 3, 5], n_items, negatives).iloc[0]
    error = simulated.std() / math.sqrt(draws)
    assert ((simulated.mean() - exact).abs() < 4 * error).all()


def test_scipy_has_the_same_chances():
    n_items, negatives = 500, 99
    found = sampled_gains([10], n_items, negatives)["hr@10"]
    above = np.arange(n_items)
    np.testing.assert_allclose(found, hypergeom.cdf(9, n_items - 1, above, negatives), rtol=1e-9, atol=1e-12)


@given(st.data())
def test_with_no_other_item_left_out_it_is_full_ranking(data):
    n_items = data.draw(st.integers(1, 40))
    rank = data.draw(st.integers(1, n_items))
    ranks = table([rank], [data.draw(st.integers(0, n_items - rank))])
    negatives = data.draw(st.integers(max(1, n_items - 1), 99))
    sampled = per_user_sampled(ranks, [5, 10], n_items, negatives)
    pd.testing.assert_frame_equal(sampled, per_user(ranks, [5, 10]), rtol=1e-9, atol=1e-9)


def test_the_first_of_all_is_the_first_of_any():
    metrics = per_user_sampled(table([1]), [1, 10, 300], n_items=23_000, negatives=99)
    assert (metrics == 1).all(axis=None)


def test_a_worse_place_gives_less_and_full_ranking_gives_less_still():
    ranks = table([*range(1, 201)])
    metrics = per_user_sampled(ranks, [10], n_items=200, negatives=99)
    assert (metrics.diff().dropna() <= 1e-12).all(axis=None)
    assert (metrics >= per_user(ranks, [10]) - 1e-12).all(axis=None)


def test_rows_keep_their_index():
    ranks = table([3, 1])
    assert per_user_sampled(ranks, [10], 50, 9).index.equals(ranks.index)
    assert per_user_sampled(ranks[:0], [10], 50, 9).empty


@pytest.mark.parametrize(("ranks", "found"), [(table([0]), 0), (table([40], [11]), 51)])
def test_a_place_that_no_item_has_is_refused(ranks, found):
    with pytest.raises(ValueError, match=rf"places 1 \.\. 50 of a target expected, one for each item, found {found}$"):
        per_user_sampled(ranks, [10], n_items=50, negatives=9)
