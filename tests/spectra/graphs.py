"""Small train parts and dense oracles: what tests of the item graph share."""

import numpy as np

from spectran.data.sequences import Sequences


def train_of(*rows: list[int], n_items: int) -> Sequences:
    """Users with these items."""
    return Sequences([np.array(row, dtype=np.int64) for row in rows], n_items)


def random_train(*, users: int = 60, n_items: int = 25, seed: int = 0) -> Sequences:
    """Users of 1 to 9 items, some of them more than once; nobody has the last two items."""
    rng = np.random.default_rng(seed)
    return train_of(
        *(rng.integers(0, n_items - 2, size=rng.integers(1, 10)).tolist() for _ in range(users)), n_items=n_items
    )


def dense_laplacian(weights: np.ndarray) -> np.ndarray:
    """L = I - D^-1/2 W D^-1/2 by the textbook, the row of an item without weight zero."""
    degrees = weights.sum(axis=1)
    root = np.diag([1 / np.sqrt(degree) if degree > 0 else 0.0 for degree in degrees])
    return np.diag((degrees > 0).astype(float)) - root @ weights @ root
