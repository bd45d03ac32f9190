"""Holm's procedure: many tests, one chance of any false mark."""

import numpy as np

from spectran.evaluation.statistics.values import Array


def holm(p: Array) -> Array:
    """Adjusted p-values (Holm 1979): rejecting those below alpha keeps the family's error rate at alpha.

    The k-th smallest of m is multiplied by m - k + 1, and none may be less than one before it, nor more than 1.

    Args:
        p: the family, shape (m,); NaN (a test that could not be made) stays NaN and does not count.
    """
    adjusted = np.full(len(p), np.nan)
    made = np.flatnonzero(~np.isnan(p))
    order = made[np.argsort(p[made], kind="stable")]
    adjusted[order] = np.minimum(1.0, np.maximum.accumulate(p[order] * np.arange(len(order), 0, -1)))
    return adjusted
