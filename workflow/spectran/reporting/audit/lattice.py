"""Lattice test of printed shares, after GRIM (Brown and Heathers 2017): with n test cases a hit ratio is k / n.

A value printed with d digits can come from n cases only if some whole k gives it. Which values cannot is exact integer
arithmetic; how many of a table's values could not by chance alone follows from the share of all d-digit values that
cannot. Nothing here knows of the paper: the same test runs on our own numbers.
"""

from dataclasses import dataclass
from functools import cache
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import bdtr

from spectran.reporting.audit.check import Outcome

Rule = Literal["rounded", "truncated"]

#: An n is taken as the true one where so few values are impossible with less than this probability by chance.
ALPHA = 0.001
#: How far k = value * n may be from a whole number, for values in full precision.
WHOLE = 1e-6


class LatticeError(ValueError):
    """The numbers given cannot be tested."""


@dataclass(frozen=True)
class LatticeTest:
    """Values with `digits` digits held against multiples of 1/n."""

    n: int
    rule: Rule
    values: int
    impossible: int
    """Values that no whole k gives."""
    chance: float
    """Share of all values with so many digits that no k gives; 0 where the lattice is finer than the digits."""
    p: float
    """Probability of so few impossible values or fewer if the values had nothing to do with n."""

    @property
    def outcome(self) -> Outcome:
        """Whether n is the number of cases.

        Agrees: significantly fewer are impossible than by chance (the few that are may be slips). Disagrees: some are
        impossible, and no significantly fewer. Cannot be said: every value is possible, as it might be by chance.
        """
        if self.values and self.p < ALPHA:
            return "agrees"
        return "disagrees" if self.impossible else "cannot be said"


def possible(values: ArrayLike, n: int, digits: int = 4, rule: Rule = "rounded") -> NDArray[np.bool_]:
    """Which values can be k / n for a whole 0 <= k <= n, rounded (a half either way) or truncated to `digits` digits.

    Args:
        values: shares with `digits` digits, any shape.
        n: number of test cases.
        digits: digits after the point.
        rule: how the last digit was made.

    Raises:
        LatticeError: if n or digits is not positive, or a value has more digits or is outside of [0, 1].
    """
    if n < 1 or digits < 1:
        raise LatticeError(f"n and digits: positive whole numbers expected, found {n} and {digits}")
    return _possible(_in_last_digits(values, digits), n, 10**digits, rule)


def lattice_test(values: ArrayLike, n: int, digits: int = 4, rule: Rule = "rounded") -> LatticeTest:
    """Count the impossible values, and say how many to expect by chance.

    Raises:
        LatticeError: as `possible`.
    """
    fits = possible(values, n, digits, rule)
    chance, impossible = impossible_share(n, digits, rule), int((~fits).sum())
    return LatticeTest(n, rule, fits.size, impossible, chance, float(bdtr(impossible, fits.size, chance)))


@cache
def impossible_share(n: int, digits: int, rule: Rule) -> float:
    """Share of all values from 0 to 1 with `digits` digits that no k / n gives."""
    return 1 - float(_possible(np.arange(10**digits + 1), n, 10**digits, rule).mean())


def whole_counts(values: ArrayLike, n: int) -> NDArray[np.bool_]:
    """Which values, in full precision, are k / n with k whole within 1e-6."""
    k = np.asarray(values, dtype=float) * n
    whole: NDArray[np.bool_] = np.abs(k - np.round(k)) <= WHOLE
    return whole


def _in_last_digits(values: ArrayLike, digits: int) -> NDArray[np.int64]:
    scaled = np.asarray(values, dtype=float) * 10**digits
    whole = np.round(scaled)
    wrong = ~((np.abs(scaled - whole) <= WHOLE) & (whole >= 0) & (whole <= 10**digits))
    if wrong.any():
        found = np.asarray(values, dtype=float)[wrong].flat[0]
        raise LatticeError(f"values: shares from 0 to 1 with {digits} digits expected, found {found}")
    digits_only: NDArray[np.int64] = whole.astype(np.int64)
    return digits_only


def _possible(m: NDArray[np.int64], n: int, unit: int, rule: Rule) -> NDArray[np.bool_]:
    """Whether a whole k lies between the bounds that the printed m / unit sets; `-(-a // b)` rounds up."""
    if rule == "rounded":
        low, high = -((1 - 2 * m) * n // (2 * unit)), (2 * m + 1) * n // (2 * unit)
    else:
        low, high = -(-m * n // unit), -(-(m + 1) * n // unit) - 1
    fits: NDArray[np.bool_] = np.maximum(low, 0) <= np.minimum(high, n)
    return fits
