"""Marks of significance: Holm's procedure over each family of comparisons."""

import pandas as pd

from spectran.evaluation.statistics.holm import holm


def judged(comparisons: pd.DataFrame, alpha: float) -> pd.DataFrame:
    """Comparisons with p_holm, significant, p_total_holm and significant_total.

    A family is all comparisons of one part and one metric, over datasets, backbones, dimensions and methods.

    Args:
        comparisons: columns part, metric, p_t and p_total.
        alpha: a mark is given below it; never where the test could not be made.
    """
    families = comparisons.groupby(["part", "metric"], sort=False)
    marks = {}
    for source, adjusted, mark in (("p_t", "p_holm", "significant"), ("p_total", "p_total_holm", "significant_total")):
        marks[adjusted] = families[source].transform(lambda p: holm(p.to_numpy()))
        marks[mark] = marks[adjusted] < alpha
    return comparisons.assign(**marks)
