"""Statistics over strata of seeds, with intervals by stratified bootstrap (Agarwal et al. 2021, "rliable").

A stratum is one dataset x backbone x dimension; its S values are the seeds' means over users. A resample draws S seeds
with replacement within every stratum, so the interval is for other trainings on the same datasets, not for others.
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from spectran.config.statistics import Statistics
from spectran.evaluation.statistics.bootstrap import percentiles
from spectran.evaluation.statistics.values import Array


class Estimate(NamedTuple):
    """A statistic and the ends of its interval; with one seed the interval is NaN, for nothing tells of another."""

    value: float
    low: float
    high: float


def mean(values: Array) -> Array:
    """Mean over strata and seeds; values of shape (..., T, S) -> (...)."""
    return np.asarray(values.mean(axis=(-2, -1)))


def interquartile_mean(values: Array) -> Array:
    """Mean of the middle half of all values of all strata; values of shape (..., T, S) -> (...).

    A quarter of the values, rounded down, is cut off at either end (`scipy.stats.trim_mean`).
    """
    return np.asarray(stats.trim_mean(values.reshape(*values.shape[:-2], -1), 0.25, axis=-1))


def aggregate(values: Array, statistic: Callable[[Array], Array], settings: Statistics) -> Estimate:
    """A statistic of T strata of S seeds and its percentile interval.

    Args:
        values: shape (T, S).
        statistic: `mean` or `interquartile_mean`.
        settings: confidence, resamples and seed.
    """
    rng = np.random.default_rng(settings.seed)
    resampled = np.take_along_axis(values[None], _drawn(values, settings, rng), axis=2)
    return _estimate(float(statistic(values)), statistic(resampled), values, settings)


def probability_of_improvement(first: Array, second: Array, settings: Statistics) -> Estimate:
    """Chance that a run of the first is better than one of the second, ties counting half, mean over strata.

    In a stratum it is the Mann-Whitney U of both sets of seeds over S^2. The seeds of the two are drawn independently.

    Args:
        first: shape (T, S).
        second: shape (T, S), the same strata.
        settings: confidence, resamples and seed.
    """
    rng = np.random.default_rng(settings.seed)
    better = (first[:, :, None] > second[:, None, :]) + 0.5 * (first[:, :, None] == second[:, None, :])
    rows, columns = (_drawn(values, settings, rng) for values in (first, second))
    strata = np.arange(len(first))[:, None, None]
    resampled = better[strata, rows[..., :, None], columns[..., None, :]].mean(axis=(1, 2, 3))
    return _estimate(float(better.mean()), resampled, first, settings)


def _drawn(values: Array, settings: Statistics, rng: np.random.Generator) -> NDArray[np.int64]:
    """Places of seeds drawn within every stratum, shape (resamples, T, S)."""
    return rng.integers(0, values.shape[1], (settings.resamples, *values.shape))


def _estimate(value: float, resampled: Array, values: Array, settings: Statistics) -> Estimate:
    if values.shape[1] == 1:
        return Estimate(value, np.nan, np.nan)
    low, high = percentiles(resampled, settings.confidence)
    return Estimate(value, float(low), float(high))
