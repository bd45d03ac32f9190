"""Metrics of users by the locality of their sequences."""

import numpy as np
import pandas as pd

from spectran.evaluation.interval import Mean, mean_interval

GROUPED = {
    "group": int,
    "users": int,
    **dict.fromkeys(["lowest", "highest"], float),
    "metric": str,
    **dict.fromkeys(["value", "low", "high", "difference", "difference_low", "difference_high"], float),
}


def grouped(
    users: pd.DataFrame, reference: pd.DataFrame | None, locality: "pd.Series[float]", groups: int, confidence: float
) -> pd.DataFrame:
    """Every metric in every group of users, from those whose sequences are least local.

    The borders are the quantiles of locality over the users who have one and are tested. Users with one and the same
    locality are never torn apart, so groups may differ in size, and one may be empty, which is then left out.

    Args:
        users: a column a metric, a row a user (the index).
        reference: the same of the cell that is compared; None for no comparison.
        locality: by user; NaN, or no row, of those whose sequence is too short.
        groups: how many.
        confidence: of Student's intervals over users.

    Returns:
        Columns `GROUPED`: group from 1, its users, their lowest and highest locality, and a metric's mean with its
        interval; difference is reference minus this, user by user (NaN without a reference).
    """
    scores = locality.reindex(users.index).dropna()
    if scores.empty:
        return pd.DataFrame({name: pd.Series(dtype=kind) for name, kind in GROUPED.items()})
    borders = np.quantile(scores, np.arange(1, groups) / groups)
    group = pd.Series(1 + np.searchsorted(borders, scores, side="left"), index=scores.index)
    rows = []
    for number, members in scores.groupby(group):
        for metric in users.columns:
            own = users.loc[members.index, metric]
            value, low, high = mean_interval(own.to_numpy(), confidence)
            ahead = Mean(np.nan, np.nan, np.nan)
            if reference is not None:
                differences = reference.loc[members.index, metric] - own
                ahead = mean_interval(differences.to_numpy(), confidence)
            rows.append((number, len(members), members.min(), members.max(), metric, value, low, high, *ahead))
    return pd.DataFrame(rows, columns=list(GROUPED)).astype(GROUPED)
