"""Bootstraps: scipy's own numbers, the true value covered as often as promised, strata by brute force."""

from itertools import product

import numpy as np
import pytest
from scipy import stats

from spectran.config.statistics import Statistics
from spectran.evaluation.statistics import bootstrap
from spectran.evaluation.statistics.bootstrap import bootstrap_means, percentiles
from spectran.evaluation.statistics.stratified import (
    aggregate,
    interquartile_mean,
    mean,
    probability_of_improvement,
)

SETTINGS = Statistics(resamples=4000)
#: Two strata of three seeds.
VALUES = np.array([[1.0, 2.0, 4.0], [10.0, 30.0, 20.0]])


def generator():
    return np.random.default_rng(11)


def test_the_interval_over_users_is_scipys_to_the_last_places():
    values = np.random.default_rng(0).exponential(size=(50, 1))
    ours = percentiles(bootstrap_means(values, 999, generator()), 0.9)
    theirs = stats.bootstrap(
        (values[:, 0],), np.mean, n_resamples=999, confidence_level=0.9, method="percentile", rng=generator()
    )
    np.testing.assert_allclose(np.ravel(ours), theirs.confidence_interval, rtol=1e-12)
    np.testing.assert_allclose(bootstrap_means(values, 999, generator())[:, 0], theirs.bootstrap_distribution)


def test_columns_share_their_users_and_chunks_change_nothing(monkeypatch):
    values = np.random.default_rng(0).normal(size=(20, 1))
    both = bootstrap_means(np.hstack([values, 3 * values + 1]), 100, generator())
    np.testing.assert_allclose(both[:, 1], 3 * both[:, 0] + 1)
    monkeypatch.setattr(bootstrap, "DRAWN", 70)
    np.testing.assert_allclose(bootstrap_means(values, 100, generator())[:, 0], both[:, 0])


def test_the_interval_covers_the_true_difference_as_often_as_promised():
    """1000 made-up studies of 200 users whose true mean difference is 0.1.

    Covered is binomial(1000, 0.9) with standard deviation 0.95 %; four of them, and 1 % for the percentile interval
    being a little narrow with few users (by sqrt(1 - 1 / U) and the normal for Student's quantile).
    """
    made = np.random.default_rng(2)
    # A hit more or less for few users, as in a metric of one relevant item.
    differences = made.choice([-1.0, 0.0, 1.0], p=[0.1, 0.7, 0.2], size=(200, 1000))
    low, high = percentiles(bootstrap_means(differences, 1000, generator()), 0.9)
    assert ((low <= 0.1) & (high >= 0.1)).mean() == pytest.approx(0.9, abs=0.048)


def test_interquartile_mean_by_hand_and_by_scipy():
    # 1 2 4 10 20 30: int(6 / 4) = 1 off either end, the mean of 2 4 10 20.
    assert interquartile_mean(VALUES) == pytest.approx(9)
    many = np.random.default_rng(0).normal(size=(5, 4, 3))
    expected = [stats.trim_mean(values, 0.25, axis=None) for values in many]
    np.testing.assert_allclose(interquartile_mean(many), expected)
    np.testing.assert_allclose(mean(many), [values.mean() for values in many])


@pytest.mark.parametrize("statistic", [mean, interquartile_mean])
def test_resamples_are_within_strata(statistic):
    """All 3^6 resamples of both strata: the drawn interval's ends are those of the whole distribution."""
    places = np.array(list(product(range(3), repeat=6))).reshape(-1, 2, 3)
    exact = statistic(np.take_along_axis(VALUES[None], places, axis=2))
    found = aggregate(VALUES, statistic, SETTINGS)
    assert found.value == statistic(VALUES)
    # 4000 draws: an end is off by at most the values at neighbouring quantiles (four times sqrt(.025 * .975 / 4000)).
    for end, at in ((found.low, 0.025), (found.high, 0.975)):
        assert np.quantile(exact, at - 0.01) <= end <= np.quantile(exact, at + 0.01)


def test_probability_of_improvement_is_mann_whitneys():
    first, second = np.random.default_rng(4).integers(0, 5, (2, 3, 6)).astype(float)
    pairs = zip(first, second, strict=True)
    expected = np.mean([stats.mannwhitneyu(a, b, method="asymptotic").statistic / 36 for a, b in pairs])
    found = probability_of_improvement(first, second, SETTINGS)
    assert found.value == pytest.approx(expected)
    assert found.low < found.value < found.high


def test_probability_of_improvement_by_brute_force():
    first, second = np.array([[1.0, 3.0]]), np.array([[2.0, 3.0]])
    # Pairs: 1 < 2, 1 < 3, 3 > 2, 3 = 3: 1.5 of 4. Of 16 equally likely resamples four (1 1 of the first) give 0, 3 3
    # gives 1 against 2 2, 0.75 against 2 3 and 3 2, 0.5 against 3 3, and so on: a tenth is 0, nine tenths are 0.75.
    found = probability_of_improvement(first, second, Statistics(resamples=4000, confidence=0.8))
    assert found == (1.5 / 4, 0.0, 0.75)


def test_one_seed_gives_no_interval():
    for found in (
        aggregate(VALUES[:, :1], mean, SETTINGS),
        probability_of_improvement(VALUES[:, :1], VALUES[:, 1:2], SETTINGS),
    ):
        assert np.isfinite(found.value)
        assert np.isnan([found.low, found.high]).all()
