"""Spatio-temporal locality: whether items next to each other in a user's sequence are neighbours on the graph too.

FreLLM4Rec (arXiv 2508.10312) rests its low-pass filter over time on that, and names users for whom it does not hold as
an open question; it defines no score. This is ours.
"""

import numpy as np

from spectran.data.incidence import users_in_common
from spectran.data.sequences import Sequences
from spectran.spectra.item_graph import neighbouring
from spectran.spectra.matrix import Matrix


def locality(train: Sequences, window: int = 1) -> Matrix:
    """How much users' neighbouring items are items of the same OTHER users; 0 .. 1.

    For a user u and a pair (i, j) of different items at most `window` places apart in his train sequence, let n_i be
    the number of other users who have i in theirs, n_ij of those who have both. The pair's closeness is the cosine
    n_ij / sqrt(n_i n_j), and 0 where nobody else has one of them. With W = R'R of all users, n_ij = W_ij - 1 and
    n_i = W_ii - 1, since u has both. The score is the mean over his pairs, each as often as it occurs.

    Args:
        train: the train part.
        window: places within which two items are a pair.

    Returns:
        Shape (U,); NaN for users with fewer than two different items, who have no pair.
    """
    common = users_in_common(train)
    others = common.diagonal() - 1.0
    users, one, other = neighbouring(train, window)
    product = others[one] * others[other]
    both = np.asarray(common[one, other]) - 1.0
    closeness = np.divide(both, np.sqrt(product), out=np.zeros_like(both), where=product > 0)
    count = len(train.sequences)
    pairs = np.bincount(users, minlength=count)
    sums = np.bincount(users, weights=closeness, minlength=count)
    means: Matrix = np.divide(sums, pairs, out=np.full(count, np.nan), where=pairs > 0)
    return means
