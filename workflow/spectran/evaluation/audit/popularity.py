"""Check: how popular items and test targets are."""

import numpy as np
import pandas as pd

from spectran.config.groups import Groups
from spectran.data.sequences import Ids
from spectran.evaluation.audit.measure import Measure, share
from spectran.evaluation.audit.splits import Splits
from spectran.evaluation.groups import in_head
from spectran.evaluation.rows import popularity_quantiles

CHECK = "popularity"

#: Shares of test targets at whose popularity is looked.
QUANTILES = {"least": 0.0, "lower quartile": 0.25, "median": 0.5, "upper quartile": 0.75, "most": 1.0}


def popularity(splits: Splits, groups: Groups) -> list[Measure]:
    """Train interactions of test targets' items, what falls on the head, and how unequal items are."""
    counts = splits.popularity
    head = in_head(popularity_quantiles(counts), groups)
    note = f"head: items with less than a share of {groups.head_share:g} of all items more popular"
    quantiles = [
        Measure(
            CHECK,
            f"train interactions of a test target's item, {name}",
            int(np.quantile(counts[splits.test], place, method="inverted_cdf")),
            "interactions",
        )
        for name, place in QUANTILES.items()
    ]
    return [
        *quantiles,
        Measure(CHECK, "share of test targets in the head", share(head[splits.test]), "share", note),
        Measure(
            CHECK, "share of train interactions in the head", float(counts[head].sum() / counts.sum()), "share", note
        ),
        Measure(CHECK, "share of items in the head", share(head), "share", "more than asked for where items tie"),
        Measure(
            CHECK,
            "Gini coefficient of item popularity",
            gini(counts),
            "metric",
            "0: all alike, near 1: one item has all",
        ),
    ]


def gini(counts: Ids) -> float:
    """Mean absolute difference of all pairs of the N counts over twice their mean."""
    ascending = np.sort(counts)
    n = len(ascending)
    return float(2 * (np.arange(1, n + 1) @ ascending) / (n * ascending.sum()) - (n + 1) / n)


def popularity_frame(splits: Splits) -> pd.DataFrame:
    """Popularity of every item, for figures.

    Returns:
        Columns place (0 for the most popular; ties by item number), popularity (train interactions), targets (test
        targets), decile (1 for the most popular tenth of places), one row an item.
    """
    counts = splits.popularity
    places = np.argsort(-counts, kind="stable")
    targets = np.bincount(splits.test, minlength=len(counts))
    columns = {
        "place": np.arange(len(counts)),
        "popularity": counts[places],
        "targets": targets[places],
        "decile": 1 + 10 * np.arange(len(counts)) // len(counts),
    }
    return pd.DataFrame({name: values.astype(np.int32) for name, values in columns.items()})
