"""Padded item indices as sparse matrices of users and items."""

from typing import Any

import numpy as np

from spectran.data.sequences import Ids, Sequences

#: A scipy.sparse array; scipy carries no types.
Sparse = Any


def counts_of(items: Ids, n_items: int) -> Sparse:
    """How often each item stands in each row.

    Args:
        items: item indices, shape (B, T); N is padding.
        n_items: N.

    Returns:
        float64 CSR array of shape (B, N).
    """
    from scipy import sparse  # a fifth of a second, which jobs without such matrices are spared

    rows, places = np.nonzero(items < n_items)
    ones = np.ones(len(rows))
    return sparse.coo_array((ones, (rows, items[rows, places])), shape=(len(items), n_items)).tocsr()


def incidence_of(items: Ids, n_items: int) -> Sparse:
    """The same with 1 for every item that stands in a row at all, as models of implicit feedback see a user."""
    found = counts_of(items, n_items)
    found.data[:] = 1.0
    return found


def users_in_common(train: Sequences) -> Sparse:
    """X^T X of the binary user-item matrix X of the train part: users that two items share; CSR array, (N, N)."""
    owned = incidence_of(train.distinct(), train.n_items)
    return (owned.T @ owned).tocsr()
