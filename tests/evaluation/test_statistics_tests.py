"""Paired t test, sign-flip randomisation and Holm's procedure: by hand, against scipy, and at their level."""

import numpy as np
import pytest
from scipy import stats

from spectran.evaluation.statistics import randomisation
from spectran.evaluation.statistics.effect import effect_size, shares
from spectran.evaluation.statistics.holm import holm
from spectran.evaluation.statistics.randomisation import randomisation_p
from spectran.evaluation.statistics.student import student


def mean_over_first(x, y, axis):
    return np.mean(x - y, axis=axis)


def generator():
    return np.random.default_rng(7)


def paired_t(differences, confidence=0.95):
    n = len(differences)
    return student(differences.mean(0), differences.std(0, ddof=1) / np.sqrt(n), n - 1, confidence)


def test_t_is_scipys_paired_t():
    first, second = generator().normal(size=(2, 40, 3))
    ours, theirs = paired_t(first - second, 0.9), stats.ttest_rel(first, second)
    interval = theirs.confidence_interval(0.9)
    np.testing.assert_allclose(ours.p, theirs.pvalue, rtol=1e-12)
    np.testing.assert_allclose((ours.low, ours.high), (interval.low, interval.high), rtol=1e-12)


def test_t_by_hand_and_without_any_spread():
    # 1, 2, 3: mean 2, error 1 / sqrt(3), t = 3.4641 with 2 degrees of freedom: p = 1 - t / sqrt(2 + t^2).
    ours = paired_t(np.array([[1.0, 0.0, 5.0], [2.0, 0.0, 5.0], [3.0, 0.0, 5.0]]))
    assert ours.p == pytest.approx([1 - np.sqrt(12 / 14), 1.0, 0.0], abs=1e-12)
    assert (ours.low[1], ours.high[1], ours.low[2]) == (0.0, 0.0, 5.0)


def test_the_randomisation_test_is_exact_on_few_users():
    # 1, 2, 4: of the eight sign patterns only +++ and --- are as extreme. 3, 3, 3 and 0, 0, 0 likewise and all.
    columns = np.array([[1.0, 3.0, 0.0], [2.0, 3.0, 0.0], [4.0, 3.0, 0.0]])
    assert randomisation_p(columns, 8, generator()).tolist() == [2 / 8, 2 / 8, 1.0]


def test_the_exact_test_is_scipys():
    first, second = np.random.default_rng(3).integers(0, 4, (2, 9)).astype(float)
    theirs = stats.permutation_test(
        (first, second), mean_over_first, permutation_type="samples", vectorized=True, n_resamples=512
    )
    assert randomisation_p((first - second)[:, None], 512, generator()).item() == pytest.approx(
        theirs.pvalue, abs=1e-15
    )


def test_users_without_a_difference_change_nothing():
    column = np.array([0.0, 2.0, 0.0, -1.0, 4.0, 0.0])[:, None]
    assert randomisation_p(column, 8, generator()) == randomisation_p(column[column != 0][:, None], 8, generator())
    assert randomisation_p(np.zeros((5, 2)), 100, generator()).tolist() == [1.0, 1.0]


def test_drawn_flips_are_near_scipys_and_do_not_depend_on_chunks(monkeypatch):
    first, second = np.random.default_rng(3).normal(size=(2, 30))
    second += 0.3
    theirs = stats.permutation_test(
        (first, second), mean_over_first, permutation_type="samples", vectorized=True, n_resamples=20_000, rng=1
    )
    drawn = randomisation_p((first - second)[:, None], 20_000, generator())
    # Two estimates of p, each with standard deviation sqrt(p (1 - p) / 20000): four of their difference's.
    assert drawn.item() == pytest.approx(theirs.pvalue, abs=4 * np.sqrt(0.25 / 10_000))
    monkeypatch.setattr(randomisation, "SIGNS", 32 * 30)  # signs come in whole bytes: any chunk of rows is as good
    assert randomisation_p((first - second)[:, None], 20_000, generator()) == drawn


def test_drawn_flips_never_give_p_zero():
    assert randomisation_p(np.ones((30, 1)), 99, generator()).tolist() == [1 / 100]


def test_both_tests_hold_their_level_without_a_difference():
    """2000 null comparisons: rejections are binomial(2000, 0.05), standard deviation 0.49 %; four of them."""
    values = generator().laplace(size=(60, 2000))
    assert (paired_t(values).p < 0.05).mean() == pytest.approx(0.05, abs=0.02)
    assert (randomisation_p(values, 999, generator()) < 0.05).mean() == pytest.approx(0.05, abs=0.02)


def test_holm_on_a_textbook_example():
    # Four hypotheses at 0.05: 0.005 * 4 and 0.01 * 3 are rejected, 0.03 * 2 is not, nor is anything after it.
    assert holm(np.array([0.01, 0.04, 0.03, 0.005])) == pytest.approx([0.03, 0.06, 0.06, 0.02])


def test_holm_never_exceeds_one_keeps_ties_and_leaves_out_what_was_not_tested():
    assert holm(np.array([0.4, 0.6, 0.4])) == pytest.approx([1.0, 1.0, 1.0])
    assert holm(np.array([0.02, np.nan, 0.02])) == pytest.approx([0.04, np.nan, 0.04], nan_ok=True)
    assert holm(np.array([])).tolist() == []


def test_holm_is_the_step_down_procedure():
    """Reject the smallest while p_(k) <= alpha / (m - k + 1), then stop: the definition, word by word."""
    for trial in range(50):
        p = np.random.default_rng(trial).beta(0.3, 3, 8)
        rejected = set()
        for k, place in enumerate(np.argsort(p)):
            if p[place] > 0.05 / (8 - k):
                break
            rejected.add(place)
        assert set(np.flatnonzero(holm(p) <= 0.05)) == rejected


def test_effect_and_shares_by_hand():
    columns = np.array([[1.0, 2.0], [3.0, 2.0], [-1.0, 2.0], [0.0, 2.0]])
    # Mean 0.75; squared deviations 0.0625 + 5.0625 + 3.0625 + 0.5625 = 8.75, a third of it 2.9167.
    assert effect_size(columns) == pytest.approx([0.75 / np.sqrt(8.75 / 3), np.nan], nan_ok=True)
    found = shares(columns)
    assert [found[name].tolist() for name in ("helped", "hurt", "same")] == [[0.5, 1.0], [0.25, 0.0], [0.25, 0.0]]
