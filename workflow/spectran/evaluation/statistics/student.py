"""Student's t test and interval of an estimate with a known standard error."""

from typing import NamedTuple

import numpy as np
from scipy import stats

from spectran.evaluation.statistics.values import Array


class StudentTest(NamedTuple):
    """Two-sided p of "the true value is 0", and the ends of the interval; arrays of the estimate's shape."""

    p: Array
    low: Array
    high: Array


def student(estimate: Array, error: Array, freedom: Array | float, confidence: float) -> StudentTest:
    """Test and interval estimate +- t * error.

    With the standard error sd / sqrt(n) of paired differences and n - 1 degrees of freedom this is the paired t test
    (`scipy.stats.ttest_rel`), but that differences which are all 0 have p = 1 and the interval [0, 0].

    Args:
        estimate: any shape.
        error: its standard error; NaN gives NaN.
        freedom: degrees of freedom of the error.
        confidence: probability with which the interval holds the true value.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        t = np.where((estimate == 0) & (error == 0), 0.0, estimate / error)
    half = stats.t.ppf((1 + confidence) / 2, freedom) * error
    return StudentTest(2 * stats.t.sf(np.abs(t), freedom), estimate - half, estimate + half)
