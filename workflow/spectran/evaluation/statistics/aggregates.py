"""Methods over all datasets and backbones of the main part."""

from collections.abc import Callable, Mapping, Sequence

import numpy as np
import pandas as pd

from spectran.config.cells import Cell
from spectran.config.statistics import Statistics
from spectran.evaluation.statistics.stratified import (
    Estimate,
    aggregate,
    interquartile_mean,
    mean,
    probability_of_improvement,
)
from spectran.evaluation.statistics.values import Array

#: Statistics of one method's values.
STATISTICS: Mapping[str, Callable[[Array], Array]] = {"mean": mean, "iqm": interquartile_mean}

#: A stratum: dataset, backbone, dimension. Values by method and stratum, each of shape (S,).
Stratum = tuple[str, str, int]
Scores = dict[str, dict[Stratum, Array]]


def aggregate_rows(
    seed_means: Mapping[Cell, Array],
    metrics: Sequence[str],
    *,
    part: str,
    reference: str | None,
    base: str | None,
    statistics: Statistics,
) -> pd.DataFrame:
    """Mean and interquartile mean of every method, and how likely the reference is better than it.

    Metrics of different datasets are of different size. Where the part has the bare backbone, mean and interquartile
    mean are of each value over the bare backbone's mean of the same dataset, backbone and dimension (held fixed in
    resamples), strata where that is 0 or missing left out; without it they are of the values as they are. A method's
    `cells` says how many strata it was found in: those of a cell that failed are missing from it, and those of a
    backbone that is trained with fewer seeds than the study's.

    Args:
        seed_means: mean over users of every seed and metric, shape (S, M), of every cell of the part.
        metrics: names of the M metrics.
        part: name of the part.
        reference: the method that others are compared with.
        base: the bare backbone, if the part has it.
        statistics: confidence, resamples and seed.

    Returns:
        The columns of `frames.AGGREGATES`.
    """
    rows = []
    for number, metric in enumerate(metrics):
        scores = _scores(seed_means, number)
        comparable = _normalised(scores, base)
        for method, values in scores.items():
            found = _of_values(comparable.get(method, {}), statistics)
            if reference in scores and method != reference:
                found["probability_of_improvement"] = _of_pair(scores[reference], values, statistics)
            rows += [
                {"part": part, "method": method, "metric": metric, "statistic": name, **estimate._asdict(), "cells": n}
                for name, (estimate, n) in found.items()
            ]
    return pd.DataFrame(rows)


def _scores(seed_means: Mapping[Cell, Array], number: int) -> Scores:
    scores: Scores = {}
    for cell, means in seed_means.items():
        scores.setdefault(cell.method, {})[cell.dataset, cell.backbone, cell.dim] = means[:, number]
    return scores


def _normalised(scores: Scores, base: str | None) -> Scores:
    if base not in scores:
        return scores
    scale = {stratum: values.mean() for stratum, values in scores[base].items() if values.mean() > 0}
    return {
        method: {stratum: own / scale[stratum] for stratum, own in values.items() if stratum in scale}
        for method, values in scores.items()
    }


def _of_values(values: Mapping[Stratum, Array], statistics: Statistics) -> dict[str, tuple[Estimate, int]]:
    if not values:
        return {name: (Estimate(np.nan, np.nan, np.nan), 0) for name in STATISTICS}
    stacked = np.stack(list(values.values()))
    return {name: (aggregate(stacked, statistic, statistics), len(values)) for name, statistic in STATISTICS.items()}


def _of_pair(
    reference: Mapping[Stratum, Array], other: Mapping[Stratum, Array], statistics: Statistics
) -> tuple[Estimate, int]:
    common = [stratum for stratum in reference if stratum in other]
    if not common:
        return Estimate(np.nan, np.nan, np.nan), 0
    first, second = (np.stack([values[stratum] for stratum in common]) for values in (reference, other))
    return probability_of_improvement(first, second, statistics), len(common)
