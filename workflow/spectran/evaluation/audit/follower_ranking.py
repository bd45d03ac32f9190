"""Ranking by what followed an item in the sequences of others: what the check of order reads histories with."""

import numpy as np
import pandas as pd
from scipy import sparse

from spectran.data.incidence import Sparse
from spectran.data.sequences import Ids, Sequences
from spectran.evaluation.metrics import per_user


def follower_metrics(train: Sequences, counts: Sparse, last: Ids, targets: Ids, cutoff: int) -> pd.DataFrame:
    """Metrics of ranking all items by how often they followed an item in the train parts of other users.

    Args:
        train: the train part of U users over N items.
        counts: followers of each item in it, shape (N + 1, N).
        last: the item that each user's history ends with, shape (U,).
        targets: shape (U,).
        cutoff: K of the metrics.

    Returns:
        One row a user; items that are tied (those that never followed, mostly) share the mean over their places.
    """
    of_others = (counts[last] - _own_followers(train, last)).tocsr()
    of_others.eliminate_zeros()
    users = np.repeat(np.arange(len(targets)), np.diff(of_others.indptr))
    found = of_others.indices == targets[users]
    wanted = np.zeros(len(targets))
    wanted[users[found]] = of_others.data[found]
    higher = np.bincount(users[of_others.data > wanted[users]], minlength=len(targets))
    equal = np.bincount(users[of_others.data == wanted[users]], minlength=len(targets)) - 1
    never = train.n_items - np.diff(of_others.indptr) - 1
    return per_user(pd.DataFrame({"rank": 1 + higher, "ties": np.where(wanted > 0, equal, never)}), [cutoff])


def _own_followers(train: Sequences, last: Ids) -> Sparse:
    """How often each item followed `last` in the user's own train part; shape (U, N)."""
    lengths = [len(sequence) - 1 for sequence in train.sequences]
    users = np.repeat(np.arange(len(last)), lengths)
    before = np.concatenate([sequence[:-1] for sequence in train.sequences])
    after = np.concatenate([sequence[1:] for sequence in train.sequences])
    own = before == last[users]
    shape = (len(last), train.n_items)
    return sparse.coo_array((np.ones(own.sum()), (users[own], after[own])), shape=shape).tocsr()
