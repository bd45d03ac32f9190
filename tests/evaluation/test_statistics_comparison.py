"""One method against another: seeds in another order are the same method, and unlike cells are not compared."""

from pathlib import Path

import numpy as np
import pytest
from scipy import stats

from spectran.config.statistics import Statistics
from spectran.evaluation.statistics.comparison import compare
from spectran.evaluation.statistics.values import RanksError, Values

SETTINGS = Statistics(resamples=200)
USERS = np.arange(40).reshape(20, 2)


def cell(values, name="cell", users=USERS):
    return Values(Path(name), ("ndcg@10", "hr@10")[: values.shape[2]], users, values)


def drawn(number, seeds=3):
    return np.random.default_rng(number).uniform(size=(seeds, 20, 2))


def test_seeds_in_another_order_make_no_difference_but_rounding():
    values = 1 / np.log2(2 + np.random.default_rng(0).integers(1, 20, (3, 20, 1)))
    (found,) = compare(cell(values), [cell(values[[1, 2, 0]])], SETTINGS)
    assert (values.mean(0) != values[[1, 2, 0]].mean(0)).any()
    assert found[["difference", "same", "p_t", "p_randomisation"]].iloc[0].tolist() == [0, 1, 1, 1]


def test_a_rival_s_numbers_do_not_depend_on_who_else_is_compared():
    reference, one, two = (cell(drawn(number)) for number in range(3))
    alone, together = compare(reference, [two], SETTINGS), compare(reference, [one, two], SETTINGS)
    assert together[1]["metric"].tolist() == ["ndcg@10", "hr@10"]
    np.testing.assert_allclose(alone[0].iloc[:, 1:], together[1].iloc[:, 1:], rtol=1e-12)
    assert compare(reference, [], SETTINGS) == []


def test_over_users_and_seeds_the_interval_is_of_the_total_error():
    (found,) = compare(cell(drawn(0)), [cell(drawn(1))], SETTINGS)
    row = found.iloc[1]
    assert row["total_low"] < row["t_low"] < row["difference"] < row["t_high"] < row["total_high"]
    # The wider the interval, the larger p: at this confidence it ends at 0.
    settings = Statistics(resamples=200, confidence=1 - row["p_total"])
    (found,) = compare(cell(drawn(0)), [cell(drawn(1))], settings)
    ends = found.iloc[1][["total_low", "total_high"]].to_numpy(dtype=float)
    assert np.abs(ends).min() == pytest.approx(0, abs=1e-12)


def test_one_seed_is_the_paired_t_test_alone():
    first, second = drawn(0, 1), drawn(1, 1)
    (found,) = compare(cell(first), [cell(second)], SETTINGS)
    np.testing.assert_allclose(found["p_t"], stats.ttest_rel(first[0], second[0]).pvalue, rtol=1e-12)
    assert found[["se_seeds", "se_total", "total_low", "total_high", "p_total"]].isna().all(axis=None)


@pytest.mark.parametrize(
    ("other", "message"),
    [
        (cell(drawn(1), "other", USERS + 1), "other: the users and targets of cell expected, found others"),
        (cell(drawn(1, 2), "other"), "other: 3 seeds as in cell expected, found 2"),
    ],
)
def test_unlike_cells_are_not_compared(other, message):
    with pytest.raises(RanksError, match=message):
        compare(cell(drawn(0)), [other], SETTINGS)
