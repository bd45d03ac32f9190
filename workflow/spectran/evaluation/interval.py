"""Student's interval of a mean."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from spectran.evaluation.statistics.student import student


class Mean(NamedTuple):
    """A mean and the ends of its interval; what too few values leave unknown is NaN."""

    value: float
    low: float
    high: float


def mean_interval(values: NDArray[np.float64], confidence: float) -> Mean:
    """Mean +- t * sd / sqrt(n), t of n - 1 degrees of freedom, sd with n - 1.

    Args:
        values: n independent values, shape (n,).
        confidence: probability with which the interval holds the true mean, 0.95 say.
    """
    if not len(values):
        return Mean(np.nan, np.nan, np.nan)
    mean = float(values.mean())
    if len(values) == 1:
        return Mean(mean, np.nan, np.nan)
    error = np.asarray(stats.sem(values))
    _, low, high = student(np.asarray(mean), error, len(values) - 1, confidence)
    return Mean(mean, float(low), float(high))
