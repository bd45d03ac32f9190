"""The lattice test: hand values, brute force, and that what is possible is never called impossible."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from spectran.reporting.audit.lattice import LatticeError, lattice_test, possible, whole_counts

CASES = st.integers(1, 60_000).flatmap(lambda n: st.tuples(st.just(n), st.integers(0, n)))


@given(CASES, st.integers(1, 6))
def test_every_rounded_share_is_possible(case: tuple[int, int], digits: int):
    n, k = case
    assert possible(round(k / n, digits), n, digits)


@given(CASES, st.integers(1, 6))
def test_every_truncated_share_is_possible(case: tuple[int, int], digits: int):
    n, k = case
    assert possible(k * 10**digits // n / 10**digits, n, digits, "truncated")


@pytest.mark.parametrize("n", [1, 3, 7, 16, 40, 99, 100, 101, 250])
def test_against_every_k(n: int):
    """Two digits: 0.m is possible if some k / n is within half a digit, or truncates to it."""
    m = np.arange(101)
    k = np.arange(n + 1)
    rounded = (2 * np.abs(100 * k[:, None] - m * n) <= n).any(axis=0)
    truncated = (100 * k[:, None] // n == m).any(axis=0)
    assert possible(m / 100, n, 2).tolist() == rounded.tolist()
    assert possible(m / 100, n, 2, "truncated").tolist() == truncated.tolist()


def test_by_hand():
    # Thirds with two digits: 0.33 and 0.67 rounded, 0.33 and 0.66 truncated.
    values = [0.0, 0.33, 0.34, 0.66, 0.67, 1.0]
    assert possible(values, 3, 2).tolist() == [True, True, False, False, True, True]
    assert possible(values, 3, 2, "truncated").tolist() == [True, True, False, True, False, True]


def test_chance_is_the_share_of_values_without_a_k():
    test = lattice_test([0.33, 0.34], 3, 2)
    assert (test.values, test.impossible) == (2, 1)
    assert test.chance == pytest.approx(97 / 101)  # 0, 33, 67 and 100 of 0 to 100 are possible
    assert test.p == pytest.approx(1 - (97 / 101) ** 2)  # not both impossible


def test_outcomes():
    right = np.round(np.arange(20) * 37 / 997, 4)
    assert lattice_test(right, 997).outcome == "agrees"
    assert lattice_test(right, 991).outcome == "disagrees"
    assert lattice_test(right, 20_000).outcome == "cannot be said"  # finer than four digits
    assert lattice_test([], 997).outcome == "cannot be said"
    assert lattice_test(right[:1], 9_000).outcome == "cannot be said"  # fits, as most values do


@pytest.mark.parametrize("value", [0.12345, -0.1, 1.1, float("nan")])
def test_a_value_that_cannot_be_tested_is_named(value: float):
    with pytest.raises(LatticeError, match=f"shares from 0 to 1 with 4 digits expected, found {value}"):
        possible([0.1, value], 10)


def test_sizes_are_positive():
    with pytest.raises(LatticeError, match="found 0 and 4"):
        possible([0.1], 0)


def test_whole_counts():
    assert whole_counts([3 / 7, 3.5 / 7, 0.0, 1.0], 7).tolist() == [True, False, True, True]
