"""HR@K and NDCG@K among sampled negatives, as FreLLM4Rec reports them, derived from the full ranks without sampling.

The authors rank a target among itself and 99 uniform negatives of its own. Such numbers are higher than those of full
ranking, and may order models otherwise (Krichene and Rendle 2020). Here they are the expectation over all draws: of
`negatives` items drawn without replacement from the other N - 1, of which p - 1 stand above the target, X do with X
hypergeometric, and the target is at place 1 + X. The authors draw once for each user; the mean of that is this.
"""

from collections.abc import Iterable

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import gammaln


def per_user_sampled(ranks: pd.DataFrame, cutoffs: Iterable[int], n_items: int, negatives: int) -> pd.DataFrame:
    """One column a metric, one row a row of `ranks`; the columns of `per_user`.

    A target among equals takes the mean over all their places in the full ranking. That is also what ties broken at
    random among those that are drawn would give.

    Args:
        ranks: columns `rank` (1 + items scored strictly higher) and `ties` (other items with exactly its score).
        cutoffs: the K of the metrics.
        n_items: N.
        negatives: how many are drawn; from N - 1 on it is full ranking.

    Raises:
        ValueError: if a target's places are not among 1 .. N.
    """
    first = ranks["rank"].to_numpy(dtype=np.int64)
    last = first + ranks["ties"].to_numpy(dtype=np.int64)
    for found in (first.min(initial=1), last.max(initial=1)):
        if not 1 <= found <= n_items:
            raise ValueError(f"places 1 .. {n_items} of a target expected, one for each item, found {found}")
    columns = {}
    for name, expected in sampled_gains(cutoffs, n_items, negatives).items():
        # Running sums over places 0 .. N make the mean over places first .. last one subtraction.
        total = np.concatenate([[0.0], np.cumsum(expected)])
        mean = (total[last] - total[first - 1]) / (last - first + 1)
        columns[name] = np.where(first == last, expected[first - 1], mean)
    return pd.DataFrame(columns, index=ranks.index)


def sampled_gains(cutoffs: Iterable[int], n_items: int, negatives: int) -> dict[str, NDArray[np.float64]]:
    """The expected value of each metric for a target at places 1 .. N of the full ranking, each of shape (N,)."""
    others, drawn = n_items - 1, min(negatives, n_items - 1)
    cutoffs = sorted(cutoffs)
    sampled = np.arange(min(cutoffs[-1], drawn + 1))
    chances = _hypergeometric(sampled, others, np.arange(n_items)[:, None], drawn)
    gains = chances / np.log2(2.0 + sampled)
    columns = {}
    for k in cutoffs:
        columns[f"ndcg@{k}"] = gains[:, :k].sum(axis=1)
        columns[f"hr@{k}"] = np.minimum(chances[:, :k].sum(axis=1), 1.0)
    return columns


def _hypergeometric(found: NDArray[np.int64], total: int, marked: NDArray[np.int64], drawn: int) -> NDArray[np.float64]:
    """The chance that so many of those drawn from `total` are among the marked; what cannot be has chance 0.

    By logarithms of factorials, since scipy.stats.hypergeom takes half a minute for 23,000 items.
    """

    def log_binomial(n: NDArray[np.int64] | int, k: NDArray[np.int64] | int) -> NDArray[np.float64]:
        # gammaln of 0, -1 ... is infinite: no way to choose more than there are.
        logs: NDArray[np.float64] = gammaln(np.add(n, 1)) - gammaln(np.add(k, 1)) - gammaln(np.subtract(n, k) + 1)
        return logs

    ways = log_binomial(marked, found) + log_binomial(total - marked, drawn - found)
    chances: NDArray[np.float64] = np.exp(ways - log_binomial(total, drawn))
    return chances
