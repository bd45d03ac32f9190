"""Sign-flip randomisation test: if two methods are alike, each user's difference could as well have the other sign."""

from collections.abc import Iterator

import numpy as np

from spectran.evaluation.statistics.values import Array

#: Signs at a time, of all flips in a chunk.
SIGNS = 2**22


def randomisation_p(values: Array, resamples: int, rng: np.random.Generator) -> Array:
    """Two-sided p of every column's mean being 0 (Fisher 1935; Smucker, Allan and Carterette 2007), shape (C,).

    Users without any difference change nothing and are left out. If the 2^n sign patterns of the others are no more
    than `resamples`, all of them are counted and p is exact; otherwise p is (1 + as extreme) / (1 + resamples), which
    holds its level for any number of resamples.

    Args:
        values: differences, one row a user, shape (U, C); columns share the flips.
        resamples: flips drawn at most.
        rng: where they come from.
    """
    values = values[(values != 0).any(axis=1)]
    users, total = len(values), values.sum(axis=0)
    # Sums of the same numbers in another order differ by rounding and are still equal.
    bound = np.abs(total) - 1e-12 * np.abs(values).sum(axis=0)
    exact = users < resamples.bit_length()  # 2^users <= resamples
    patterns = _all(users) if exact else _drawn(users, resamples, rng)
    extreme = sum(
        ((np.abs(2.0 * (signs.astype(np.float64) @ values) - total) >= bound).sum(axis=0) for signs in patterns),
        start=np.zeros(values.shape[1], dtype=np.int64),
    )
    return extreme / 2**users if exact else (1 + extreme) / (1 + resamples)


def _all(users: int) -> Iterator[np.ndarray]:
    """All patterns of kept (1) and flipped (0) signs, shape (2^users, users)."""
    yield (np.arange(2**users)[:, None] >> np.arange(users)) & 1


def _drawn(users: int, resamples: int, rng: np.random.Generator) -> Iterator[np.ndarray]:
    """Random patterns, some of them at a time."""
    size = max(1, SIGNS // users)
    for start in range(0, resamples, size):
        rows = min(size, resamples - start)
        octets = rng.integers(0, 256, (rows, -(-users // 8)), dtype=np.uint8)
        yield np.unpackbits(octets, axis=1, count=users)
