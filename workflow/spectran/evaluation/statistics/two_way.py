"""Two sources of variance of a mean: which users were asked, and which seeds a model was trained with."""

from dataclasses import dataclass

import numpy as np

from spectran.evaluation.statistics.values import Array


@dataclass(frozen=True)
class TwoWay:
    """Standard errors of C means; each of shape (C,).

    Attributes:
        mean: over users and seeds.
        se_users: standard error for other users with the same seeds: the per-user means' deviation / sqrt(U).
        se_seeds: standard error for other seeds with the same users: `sd_seeds` / sqrt(S); NaN with one seed.
        sd_seeds: standard deviation of the seeds' means; NaN with one seed.
        se_total: standard error for other users and other seeds; NaN with one seed.
        freedom: degrees of freedom of `se_total`; NaN with one seed.
    """

    mean: Array
    se_users: Array
    se_seeds: Array
    sd_seeds: Array
    se_total: Array
    freedom: Array


def two_way(values: Array) -> TwoWay:
    """Two-way random effects without replication: y = mean + user + seed + rest, S seeds crossed with U users.

    The mean squares MS_users, MS_seeds and MS_rest of the analysis of variance give
    Var(mean) = (MS_users + MS_seeds - MS_rest) / (U S): an unbiased estimate (Searle, Casella and McCulloch 1992,
    chapter 4). A negative estimate of the users' or the seeds' own variance counts as 0, so that the result is never
    less than either source alone, (MS_users or MS_seeds) / (U S). Degrees of freedom are Satterthwaite's (1946),
    V^2 / sum of MS_i^2 / f_i, or the one source's own where the other is 0.

    In simulations of null comparisons the test at 0.05 rejects 3 to 7 % from three seeds on; with two, whose deviation
    is one number, up to 13 % where seeds differ much.

    Resampling or testing over users alone takes the S trained models as given; what another training would have given
    is the other source (Bouthillier et al. 2021).

    Args:
        values: shape (S, U, C) with U of at least 2.
    """
    seeds, users, _ = values.shape
    of_user, of_seed = values.mean(axis=0), values.mean(axis=1)
    mean = of_user.mean(axis=0)
    ms_users = seeds * of_user.var(axis=0, ddof=1)
    se_users = np.sqrt(ms_users / (users * seeds))
    if seeds == 1:
        unknown = np.full_like(mean, np.nan)
        return TwoWay(mean, se_users, unknown, unknown, unknown, unknown)
    sd_seeds = of_seed.std(axis=0, ddof=1)
    ms_seeds = users * sd_seeds**2
    rest = values - of_user - of_seed[:, None] + mean
    rest_freedom = (users - 1) * (seeds - 1)
    ms_rest = (rest**2).sum(axis=(0, 1)) / rest_freedom
    total, larger = ms_users + ms_seeds - ms_rest, np.maximum(ms_users, ms_seeds)
    spread = ms_users**2 / (users - 1) + ms_seeds**2 / (seeds - 1) + ms_rest**2 / rest_freedom
    alone = np.where(ms_users >= ms_seeds, users - 1.0, seeds - 1.0)
    return TwoWay(
        mean=mean,
        se_users=se_users,
        se_seeds=sd_seeds / np.sqrt(seeds),
        sd_seeds=sd_seeds,
        se_total=np.sqrt(np.maximum(total, larger) / (users * seeds)),
        freedom=np.divide(total**2, spread, out=alone, where=total > larger),
    )
