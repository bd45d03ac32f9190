"""How sure one cell's mean is."""

import numpy as np
import pandas as pd

from spectran.evaluation.statistics.student import student
from spectran.evaluation.statistics.two_way import two_way
from spectran.evaluation.statistics.values import Values


def variance_rows(cell: Values, confidence: float) -> pd.DataFrame:
    """One row a metric, with the columns of `frames.VARIANCE` but the keys.

    Args:
        cell: its metrics.
        confidence: of the interval over users and seeds; with one seed it is over users only.
    """
    source = two_way(cell.values)
    seeds, users, _ = cell.values.shape
    error, freedom = (source.se_total, source.freedom) if seeds > 1 else (source.se_users, users - 1.0)
    interval = student(source.mean, error, np.asarray(freedom), confidence)
    return pd.DataFrame(
        {
            "metric": cell.metrics,
            "value": source.mean,
            "users": users,
            "seeds": seeds,
            "se_users": source.se_users,
            "sd_seeds": source.sd_seeds,
            "se_total": source.se_total,
            "low": interval.low,
            "high": interval.high,
        }
    )
