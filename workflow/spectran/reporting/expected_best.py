"""The best of n trials, n of N drawn at random: how much a larger search finds."""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import gammaln

Values = NDArray[np.float64]


class ExpectedBest(NamedTuple):
    """Mean and standard deviation of the best of n = 1 ... N trials, arrays of shape (N,)."""

    mean: Values
    sd: Values


def expected_best(values: ArrayLike) -> ExpectedBest:
    """Mean and standard deviation of the best value over all subsets of n of the N values, for every n.

    Exact, from the order statistics x_1 <= ... <= x_N: the best of a subset of size n is x_k in C(k - 1, n - 1) of
    C(N, n) subsets (equal values may be ordered in any way). Dodge et al. ("Show Your Work", EMNLP 2019, eq. 8) draw
    with replacement, as if every point of the grid could be tried again; here none is, so that the curve ends at the
    best of all trials, which is what the search chose.

    Args:
        values: of the N trials, in any order.

    Returns:
        Arrays of shape (N,); the standard deviation is that of a subset drawn with equal chances, 0 at n = N.
    """
    ordered = np.sort(np.asarray(values, dtype=np.float64))
    size = len(ordered)
    n, k = np.arange(1, size + 1)[:, None], np.arange(1, size + 1)[None, :]
    weights = np.exp(_log_choose(k - 1, n - 1) - _log_choose(np.full_like(n, size), n))
    mean = weights @ ordered
    variance = (weights * (ordered[None, :] - mean[:, None]) ** 2).sum(axis=1)
    return ExpectedBest(mean, np.sqrt(variance))


def _log_choose(total: NDArray[np.int64], chosen: NDArray[np.int64]) -> Values:
    """Logarithm of the binomial coefficient; minus infinity where more is chosen than there is."""
    total, chosen = np.broadcast_arrays(total, chosen)
    possible = chosen <= total
    rest = np.where(possible, total - chosen, 0)
    logarithm = gammaln(total + 1) - gammaln(chosen + 1) - gammaln(rest + 1)
    return np.where(possible, logarithm, -np.inf)
