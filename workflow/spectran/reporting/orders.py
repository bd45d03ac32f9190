"""The order of the methods under both ranking scores."""

from itertools import combinations

import pandas as pd

from spectran.reporting.findings import Findings


def orders(findings: Findings) -> pd.DataFrame:
    """Compare the two orders in every dataset, backbone, dimension and metric.

    Returns:
        Columns place, dataset, backbone, dim, metric, one a score (labels from best to worst, joined by " ≻ "), pairs,
        swapped (pairs of methods that stand strictly the other way round).
    """
    both = pd.concat([findings.accuracy(score).assign(score=score) for score in (findings.score, findings.other_score)])
    rows = []
    for (dataset, backbone, dim, metric), group in both.groupby(["dataset", "backbone", "dim", "metric"], sort=False):
        wide = group.pivot_table(index="method_label", columns="score", values="ours", sort=False)
        main, other = wide[findings.score], wide[findings.other_score]
        pairs = list(combinations(wide.index, 2))
        rows.append(
            {
                "place": findings.place_of(group.iloc[0]),
                "dataset": dataset,
                "backbone": backbone,
                "dim": dim,
                "metric": metric,
                findings.score: _from_best(main),
                findings.other_score: _from_best(other),
                "pairs": len(pairs),
                "swapped": sum((main[a] - main[b]) * (other[a] - other[b]) < 0 for a, b in pairs),
            }
        )
    return pd.DataFrame(rows)


def _from_best(values: "pd.Series[float]") -> str:
    return " ≻ ".join(str(label) for label in values.sort_values(ascending=False, kind="stable").index)
