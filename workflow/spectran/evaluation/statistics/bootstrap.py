"""Paired bootstrap over users: all columns of a table share their resamples."""

import numpy as np

from spectran.evaluation.statistics.values import Array

#: Users drawn at a time, of all resamples in a chunk: bounds the memory to some hundred megabytes.
DRAWN = 2**22


def bootstrap_means(values: Array, resamples: int, rng: np.random.Generator) -> Array:
    """Column means of users drawn with replacement, shape (resamples, C).

    Each resample is a row of weights, how often each user was drawn, so that all columns are one matrix product.

    Args:
        values: one row a user, shape (U, C).
        resamples: how many.
        rng: where draws come from.
    """
    users = len(values)
    size = max(1, DRAWN // users)
    means = np.empty((resamples, values.shape[1]))
    for start in range(0, resamples, size):
        rows = min(size, resamples - start)
        drawn = rng.integers(0, users, (rows, users))
        drawn += users * np.arange(rows)[:, None]
        counts = np.bincount(drawn.ravel(), minlength=rows * users).reshape(rows, users)
        means[start : start + rows] = counts.astype(np.float64) @ values / users
    return means


def percentiles(resampled: Array, confidence: float) -> tuple[Array, Array]:
    """Ends of the percentile interval (Efron 1979) over the first axis.

    Args:
        resampled: a statistic's value in every resample, shape (resamples, ...).
        confidence: probability with which the interval holds the true value.
    """
    low, high = np.quantile(resampled, [(1 - confidence) / 2, (1 + confidence) / 2], axis=0)
    return low, high
