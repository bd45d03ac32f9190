"""How large a difference is, and whom it helps."""

import numpy as np

from spectran.evaluation.statistics.values import Array


def effect_size(differences: Array) -> Array:
    """d_z: mean over standard deviation of the paired differences (Cohen 1988, section 2.3.5), shape (C,).

    NaN where every user has the same difference.

    Args:
        differences: one row a user, shape (U, C).
    """
    mean, deviation = differences.mean(axis=0), differences.std(axis=0, ddof=1)
    return np.asarray(np.divide(mean, deviation, out=np.full_like(mean, np.nan), where=deviation > 0))


def shares(differences: Array) -> dict[str, Array]:
    """Shares of users helped (difference above 0), hurt (below) and same, each of shape (C,)."""
    sides = {"helped": differences > 0, "hurt": differences < 0, "same": differences == 0}
    return {name: side.mean(axis=0) for name, side in sides.items()}
