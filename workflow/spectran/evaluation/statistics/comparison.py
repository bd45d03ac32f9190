"""One method against others, user by user, on the same dataset, backbone and dimension."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from spectran.config.statistics import Statistics
from spectran.evaluation.statistics.bootstrap import bootstrap_means, percentiles
from spectran.evaluation.statistics.effect import effect_size, shares
from spectran.evaluation.statistics.randomisation import randomisation_p
from spectran.evaluation.statistics.student import student
from spectran.evaluation.statistics.two_way import two_way
from spectran.evaluation.statistics.values import Array, Values, require_same_users

#: Streams of random numbers of the two resampling methods.
BOOTSTRAP, RANDOMISATION = 0, 1

#: Differences of metrics are far larger (see `paired`).
ROUNDING = 1e-12


def paired(reference: Values, rival: Values) -> Array:
    """Reference minus rival, shape (S, U, M).

    Seeds are paired by their place. They are exchangeable: any pairing gives the same mean and estimates the same
    variance of it. What is left of equal metrics after rounding is set to 0; two different metrics differ by more than
    1e-8 / S whatever the ties.

    Raises:
        RanksError: if the two did not rank the same users' same targets with as many seeds.
    """
    require_same_users(reference, rival)
    difference = reference.values - rival.values
    return np.where(np.abs(difference) <= ROUNDING, 0.0, difference)


def compare(reference: Values, rivals: Sequence[Values], statistics: Statistics) -> list[pd.DataFrame]:
    """Every test of the reference against each rival; one table a rival, one row a metric.

    All rivals and metrics share the resamples of the bootstrap and the flips of the randomisation test.

    Args:
        reference: metrics of the reference.
        rivals: metrics of the others, for the same users.
        statistics: confidence, resamples and seed.

    Returns:
        The columns of `frames.COMPARISONS` but those that name cells and parts, and those that follow from a family.

    Raises:
        RanksError: if the two did not rank the same users' same targets with as many seeds.
    """
    if not rivals:
        return []
    all_pairs = [paired(reference, rival) for rival in rivals]
    of_user = np.hstack([pairs.mean(axis=0) for pairs in all_pairs])
    of_user[np.abs(of_user) <= ROUNDING] = 0.0
    n_users, confidence = len(of_user), statistics.confidence
    bootstrap, randomisation = (
        np.random.default_rng([statistics.seed, stream]) for stream in (BOOTSTRAP, RANDOMISATION)
    )
    # Both sources of variance are worked out rival by rival, for seeds make the differences S times as many.
    sources = [two_way(pairs) for pairs in all_pairs]
    se_users, se_seeds, se_total, freedom = (
        np.concatenate([getattr(source, name) for source in sources])
        for name in ("se_users", "se_seeds", "se_total", "freedom")
    )
    difference = of_user.mean(axis=0)
    rival_means = np.concatenate([rival.values.mean(axis=(0, 1)) for rival in rivals])
    users = student(difference, se_users, n_users - 1, confidence)
    total = student(difference, se_total, freedom, confidence)
    boot_low, boot_high = percentiles(bootstrap_means(of_user, statistics.resamples, bootstrap), confidence)
    relative = np.full_like(difference, np.nan)
    table = pd.DataFrame(
        {
            "metric": [metric for rival in rivals for metric in rival.metrics],
            "difference": difference,
            "relative": np.divide(100 * difference, rival_means, out=relative, where=rival_means > 0),
            "users": n_users,
            "seeds": len(reference.values),
            "t_low": users.low,
            "t_high": users.high,
            "boot_low": boot_low,
            "boot_high": boot_high,
            "p_t": users.p,
            "p_randomisation": randomisation_p(of_user, statistics.resamples, randomisation),
            "se_users": se_users,
            "se_seeds": se_seeds,
            "se_total": se_total,
            "total_low": total.low,
            "total_high": total.high,
            "p_total": total.p,
            "effect_size": effect_size(of_user),
            **shares(of_user),
        }
    )
    size = len(reference.metrics)
    return [table.iloc[start : start + size].reset_index(drop=True) for start in range(0, len(table), size)]
