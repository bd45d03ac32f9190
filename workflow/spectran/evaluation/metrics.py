"""HR@K and NDCG@K of a single relevant item, derived from stored ranks only."""

from collections.abc import Iterable

import numpy as np
import pandas as pd

from spectran.config.training import Ties


def per_user(ranks: pd.DataFrame, cutoffs: Iterable[int], ties: Ties = "expected") -> pd.DataFrame:
    """One column a metric, one row a row of `ranks`.

    At place p, hr@K is 1 up to K and else 0; ndcg@K is 1 / log2(1 + p) up to K and else 0. With one relevant item the
    ideal DCG is 1 (Jarvelin and Kekalainen 2002), so NDCG is the target's own gain.

    Args:
        ranks: columns `rank` (1 + items scored strictly higher) and `ties` (other items with exactly its score).
        cutoffs: the K of the metrics.
        ties: where the target stands among its equals. `expected` averages the metric over all their places, so that a
            model which scores all N items alike has HR@K = K / N; `pessimistic` takes the last place, `optimistic` the
            first.
    """
    first = ranks["rank"].to_numpy(dtype=np.int64)
    last = first + ranks["ties"].to_numpy(dtype=np.int64)
    if ties == "optimistic":
        last = first
    elif ties == "pessimistic":
        first = last
    cutoffs = sorted(cutoffs)
    # Running sums over places 0 .. K make the mean over places first .. last one subtraction.
    gains = np.concatenate([[0.0], 1.0 / np.log2(1.0 + np.arange(1, cutoffs[-1] + 1))])
    total_gain = np.cumsum(gains)
    columns = {}
    for k in cutoffs:
        before, upto = np.minimum(first - 1, k), np.minimum(last, k)
        places = last - first + 1
        columns[f"ndcg@{k}"] = (total_gain[upto] - total_gain[before]) / places
        columns[f"hr@{k}"] = (upto - before) / places
    return pd.DataFrame(columns, index=ranks.index)


def summarise(ranks: pd.DataFrame, cutoffs: Iterable[int], ties: Ties = "expected") -> pd.DataFrame:
    """Mean over users of every metric, one row a seed and score.

    Args:
        ranks: the rows of ranks.parquet (columns seed, score, rank, ties).
        cutoffs: the K of the metrics.
        ties: rule for equal scores; see `per_user`.

    Returns:
        Columns seed, score, and one a metric.
    """
    metrics = per_user(ranks, cutoffs, ties)
    keys = ranks[["seed", "score"]]
    return pd.concat([keys, metrics], axis=1).groupby(["seed", "score"], as_index=False).mean()
