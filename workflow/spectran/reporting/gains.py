"""By how much SpecTran is ahead of others, or its variants behind it, as the paper's tables say it."""

from collections.abc import Collection

import pandas as pd

#: The row of the full method in the printed tables.
FULL = "SpecTran"
PLACE = ["dataset", "encoder", "backbone", "dim", "metric"]


def gains(data: pd.DataFrame, rivals: Collection[str]) -> pd.DataFrame:
    """SpecTran against the best of its rivals in every dataset, backbone, dimension and metric.

    Args:
        data: what `Findings.accuracy` gives.
        rivals: rows of the printed tables that it is compared with.

    Returns:
        SpecTran's rows of `data` where there is a rival, with rival (label of the best one), rival_method (its name),
        rival_value and gain_percent (NaN where the rival's value is 0).
    """
    others = data[data["method_row"].isin(set(rivals) - {FULL})]
    best = others.sort_values("ours", ascending=False, kind="stable").drop_duplicates(PLACE)
    names = {"method_label": "rival", "method": "rival_method", "ours": "rival_value"}
    best = best[[*PLACE, *names]].rename(columns=names)
    full = data[data["method_row"] == FULL].drop_duplicates(PLACE)
    found = full.merge(best, on=PLACE, how="inner", validate="one_to_one")
    return found.assign(gain_percent=_percent(found["ours"], found["rival_value"]))


def changes(data: pd.DataFrame) -> pd.DataFrame:
    """Every other row against the full SpecTran of the same dataset, backbone, dimension and metric.

    Args:
        data: what `Findings.accuracy` gives.

    Returns:
        The rows of `data` that are not SpecTran's, where it is beside them, with full_label and full_value (of
        SpecTran) and change_percent (NaN where that value is 0).
    """
    full = data[data["method_row"] == FULL].drop_duplicates(PLACE)
    full = full[[*PLACE, "method_label", "ours"]].rename(columns={"method_label": "full_label", "ours": "full_value"})
    found = data[data["method_row"] != FULL].merge(full, on=PLACE, how="inner", validate="many_to_one")
    return found.assign(change_percent=_percent(found["ours"], found["full_value"]))


def _percent(value: "pd.Series[float]", base: "pd.Series[float]") -> "pd.Series[float]":
    return 100 * (value / base.where(base > 0) - 1)
