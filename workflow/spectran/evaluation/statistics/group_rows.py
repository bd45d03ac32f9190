"""One cell's metrics in groups of users, beside the reference's."""

from typing import Any

import pandas as pd

from spectran.config.study import Study
from spectran.evaluation.groups import group_differences, group_rows


def rows_of_groups(ranks: pd.DataFrame, reference: pd.DataFrame | None, study: Study) -> pd.DataFrame:
    """One row a metric and group, with the columns of `frames.GROUPS` but the keys.

    Args:
        ranks: rows of the cell's ranks.parquet.
        reference: those of the reference on the same users; None gives NaN differences.
        study: what metrics and groups are.
    """
    how: dict[str, Any] = {
        "score": study.evaluation.score,
        "cutoffs": study.evaluation.cutoffs,
        "ties": study.evaluation.ties,
        "groups": study.groups,
        "confidence": study.statistics.confidence,
    }
    rows = group_rows(ranks, **how)
    if reference is None:
        return rows.assign(difference=float("nan"), difference_low=float("nan"), difference_high=float("nan"))
    differences = group_differences(reference, ranks, **how)
    return rows.merge(differences, on=["group", "metric"], how="left", validate="one_to_one")
