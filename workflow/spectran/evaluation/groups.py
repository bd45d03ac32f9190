"""Metrics of groups of users: popular and rare targets, short and long histories; from stored ranks only.

Head and tail items and short and long histories are the groups of LLM-ESR (Liu et al., NeurIPS 2024), who split both
where a fifth ends. Different from them: items with one and the same popularity are never torn apart (the head is a
little larger than a fifth where the border falls among equals), and a history is short up to a stated length.
"""

from collections.abc import Iterable

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from spectran.config.groups import Groups
from spectran.config.training import Ties
from spectran.evaluation.interval import mean_interval
from spectran.evaluation.metrics import per_user

#: Names of the groups, in their order. Head and tail, short and long are two cuts of the same users; a cold target
#: (never in the train part) is in the tail as well.
GROUPS = ("head", "tail", "cold", "short", "long")

Masks = dict[str, NDArray[np.bool_]]


def group_rows(
    ranks: pd.DataFrame, *, score: str, cutoffs: Iterable[int], ties: Ties, groups: Groups, confidence: float
) -> pd.DataFrame:
    """Every metric of one cell in every group.

    Args:
        ranks: rows of ranks.parquet (columns user, seed, score, target, rank, ties, history, popularity,
            popularity_quantile).
        score: which of the scores in them.
        cutoffs: the K of the metrics.
        ties: rule for equal scores; see `per_user`.
        groups: who is in which group.
        confidence: of the intervals, 0.95 say.

    Returns:
        Columns group, users, metric, value (mean over the group's users of the mean over seeds), low and high
        (Student's interval over users). NaN where nobody is in a group, and for the interval of one user.

    Raises:
        ValueError: if the ranks have no such score.
    """
    users = _users(ranks, score, cutoffs, ties)
    masks = _masks(users, groups)
    rows = [
        {
            "group": group,
            "users": int(masks[group].sum()),
            "metric": metric,
            **mean_interval(users[metric].to_numpy()[masks[group]], confidence)._asdict(),
        }
        for group in GROUPS
        for metric in _metrics(users)
    ]
    return pd.DataFrame(rows)


def group_differences(
    reference_ranks: pd.DataFrame,
    ranks: pd.DataFrame,
    *,
    score: str,
    cutoffs: Iterable[int],
    ties: Ties,
    groups: Groups,
    confidence: float,
    reference_score: str | None = None,
) -> pd.DataFrame:
    """How much better the reference is than another method in every group, user by user.

    Args:
        reference_ranks: rows of the reference's ranks.parquet.
        ranks: rows of the other's, for the same users and targets.
        score: which of the scores of `ranks`.
        cutoffs: the K of the metrics.
        ties: rule for equal scores.
        groups: who is in which group.
        confidence: of the intervals.
        reference_score: which of the reference's scores, if another (an untrained control ranks by its own).

    Returns:
        Columns group, metric, difference (reference minus the other: mean over the group's users of the difference of
        their means over seeds), difference_low and difference_high (Student's interval of paired differences).

    Raises:
        ValueError: if the two did not rank the same users' same targets, or lack the score.
    """
    cutoffs = list(cutoffs)
    reference = _users(reference_ranks, reference_score or score, cutoffs, ties)
    other = _users(ranks, score, cutoffs, ties)
    if not reference["target"].equals(other["target"]):
        raise ValueError("ranks of the same users and targets expected, found others: they are not of one test split")
    masks = _masks(reference, groups)
    rows = []
    for group in GROUPS:
        for metric in _metrics(reference):
            differences = (reference[metric] - other[metric]).to_numpy()[masks[group]]
            mean, low, high = mean_interval(differences, confidence)
            row = {"group": group, "metric": metric}
            rows.append(row | {"difference": mean, "difference_low": low, "difference_high": high})
    return pd.DataFrame(rows)


def _users(ranks: pd.DataFrame, score: str, cutoffs: Iterable[int], ties: Ties) -> pd.DataFrame:
    """One row a user, ascending: the mean over seeds of every metric, and what groups users."""
    chosen = ranks[ranks["score"] == score]
    if chosen.empty:
        raise ValueError(f"ranks by {score!r} expected, found by {sorted(ranks['score'].unique())} only")
    metrics = per_user(chosen, cutoffs, ties).groupby(chosen["user"]).mean()
    kept = ["target", "history", "popularity", "popularity_quantile"]
    return metrics.join(chosen.drop_duplicates("user").set_index("user")[kept])


def _metrics(users: pd.DataFrame) -> list[str]:
    return [str(column) for column in users if "@" in str(column)]


def _masks(users: pd.DataFrame, groups: Groups) -> Masks:
    """Who is in each group; arrays of shape (U,)."""
    head = in_head(users["popularity_quantile"].to_numpy(dtype=np.float32), groups)
    cold = users["popularity"].to_numpy() == 0
    short = users["history"].to_numpy() <= groups.short_history
    return {"head": head, "tail": ~head, "cold": cold, "short": short, "long": ~short}


def in_head(quantiles: NDArray[np.float32], groups: Groups) -> NDArray[np.bool_]:
    """Which items are of the head, by the share of items that are strictly more popular; any shape."""
    # Shares are stored in single precision: only a bound of the same precision leaves an item on the border outside.
    return quantiles < np.float32(groups.head_share)
