"""Users and seeds as two sources of variance: by hand, unbiased, and a test that holds its level."""

import numpy as np
import pytest

from spectran.evaluation.statistics.student import student
from spectran.evaluation.statistics.two_way import two_way


def made(rng, *, seeds, users, studies, of_user=0.0, of_seed=0.0):
    """Values of mean 0, shape (S, U, studies): users' and seeds' own parts, and a rest of variance 1."""
    rest = rng.normal(size=(seeds, users, studies))
    rest += of_user * rng.normal(size=(1, users, studies))
    return rest + of_seed * rng.normal(size=(seeds, 1, studies))


def rejected(error, freedom, mean):
    return (student(mean, error, freedom, 0.95).p < 0.05).mean()


def test_by_hand():
    # Users' means 1 and 4 (rows are seeds), seeds' means 2 and 3, mean 2.5.
    found = two_way(np.array([[1.0, 3.0], [1.0, 5.0]])[:, :, None])
    # MS_users = 2 * 4.5 = 9, MS_seeds = 2 * 0.5 = 1, rest +-0.5, MS_rest = 1: seeds have no variance of their own.
    assert found.mean.item() == 2.5
    assert found.se_users.item() == pytest.approx(np.sqrt(9 / 4))
    assert found.sd_seeds.item() == pytest.approx(np.sqrt(0.5))
    assert found.se_seeds.item() == pytest.approx(np.sqrt(1 / 4))
    assert found.se_total.item() == pytest.approx(np.sqrt(9 / 4))
    assert found.freedom.item() == 1


def test_by_hand_with_all_three_parts():
    # Users' means 1, 3, 8, seeds' 3 and 5, mean 4; rest -1 0 1 and back.
    found = two_way(np.array([[-1.0, 2.0, 8.0], [3.0, 4.0, 8.0]])[:, :, None])
    users, seeds, rest = 2 * 26 / 2, 3 * 2.0, 4 / 2
    assert found.se_total.item() == pytest.approx(np.sqrt((users + seeds - rest) / 6))
    spread = users**2 / 2 + seeds**2 / 1 + rest**2 / 2
    assert found.freedom.item() == pytest.approx((users + seeds - rest) ** 2 / spread)


def test_one_seed_tells_nothing_of_others():
    found = two_way(np.arange(6.0).reshape(1, 6, 1))
    assert found.se_users.item() == pytest.approx(np.arange(6.0).std(ddof=1) / np.sqrt(6))
    assert np.isnan([found.se_seeds, found.sd_seeds, found.se_total, found.freedom]).all()


def test_no_difference_at_all_has_p_one():
    found = two_way(np.zeros((3, 5, 1)))
    assert student(found.mean, found.se_total, found.freedom, 0.95).p.item() == 1


def test_the_variance_of_the_mean_is_estimated_without_bias():
    values = made(np.random.default_rng(1), seeds=4, users=30, studies=4000, of_user=1.0, of_seed=0.6)
    found = two_way(values)
    # 1 / 30 + 0.36 / 4 + 1 / 120; the estimate's own spread is about 0.8 of it, so 1.3 % over 4000 studies.
    assert (found.se_total**2).mean() == pytest.approx(1 / 30 + 0.36 / 4 + 1 / 120, rel=0.05)
    assert found.mean.var() == pytest.approx(1 / 30 + 0.36 / 4 + 1 / 120, rel=0.1)


def test_without_an_effect_of_seeds_both_tests_hold_their_level():
    """3000 null comparisons; 0.4 % standard deviation, four of them. Over both sources it may only be too careful."""
    found = two_way(made(np.random.default_rng(5), seeds=3, users=80, studies=3000))
    assert rejected(found.se_users, 79, found.mean) == pytest.approx(0.05, abs=0.016)
    assert rejected(found.se_total, found.freedom, found.mean) <= 0.066


@pytest.mark.parametrize("seeds", [3, 5])
def test_with_an_effect_of_seeds_a_test_over_users_alone_is_over_confident(seeds):
    """Seeds' means differ by 0.3, users' rest by 1: every other null comparison is "significant" over users alone."""
    found = two_way(made(np.random.default_rng(6), seeds=seeds, users=80, studies=3000, of_seed=0.3))
    assert rejected(found.se_users, 79, found.mean) > 0.3
    # Satterthwaite's degrees of freedom are approximate: 2 % beyond the binomial's 1.6 % is granted.
    assert rejected(found.se_total, found.freedom, found.mean) == pytest.approx(0.05, abs=0.036)
