"""Item-based collaborative filtering with cosine similarity.

Sarwar et al. (WWW 2001); in the top-N form of Deshpande and Karypis (TOIS 2004): each item keeps its k most similar
items, and an item's score is the sum of its similarities to the items of the history that keep it. The shrinkage in
the denominator is that of Ferrari Dacrema et al. (RecSys 2019), who found this to outdo many neural models. Different
from them: all items as similar as the k-th are kept, so that the numbering of items decides nothing, and the history
is not left out of the ranking, as for every method here.
"""

from itertools import pairwise

import numpy as np
from scipy import sparse

from spectran.data.incidence import Sparse, incidence_of, users_in_common
from spectran.data.sequences import Ids, Sequences
from spectran.models.controls.control import Scores, UntrainedControl
from spectran.models.features import ItemFeatures


class ItemKnnControl(UntrainedControl):
    """Sums similarities |U_i & U_j| / (sqrt(|U_i| |U_j|) + h) over the different items j of the history.

    Args:
        train: the train part; U_i are the users with item i in it.
        neighbours: k, the items that each item keeps.
        shrinkage: h.
    """

    def __init__(self, train: Sequences, _features: ItemFeatures, *, neighbours: int, shrinkage: float) -> None:
        self.n_items = train.n_items
        common = users_in_common(train)
        users = common.diagonal()
        one, other = common.nonzero()
        cosine = common.data / (np.sqrt(users[one] * users[other]) + shrinkage)
        others = one != other
        pairs = sparse.coo_array((cosine[others], (one[others], other[others])), shape=common.shape)
        self.similarity = _most_similar(pairs.tocsr(), neighbours)

    def scores(self, histories: Ids) -> Scores:
        """Sums of similarities, shape (B, N); 0 for an item that is nobody's neighbour."""
        found: Scores = (incidence_of(histories, self.n_items) @ self.similarity).toarray()
        return found


def _most_similar(similar: Sparse, k: int) -> Sparse:
    """Without what is less similar than the k-th of its row."""
    for start, end in pairwise(similar.indptr):
        row = similar.data[start:end]
        if len(row) > k:
            row[row < np.partition(row, -k)[-k]] = 0.0
    similar.eliminate_zeros()
    return similar
