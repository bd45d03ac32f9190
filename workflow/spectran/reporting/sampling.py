"""How far a hit ratio may be off because a test has only so many users."""

import pandas as pd


def relative_error(ratio: "pd.Series[float]", n: "int | pd.Series[int]") -> "pd.Series[float]":
    """Standard error of hit ratios over n users, in percent of each."""
    return 100 * ((1 - ratio) / (ratio * n)) ** 0.5
