"""A first-order Markov chain over items, by counting which item followed which.

The unpersonalised, unfactorised chain that Rendle et al. (WWW 2010, "Factorizing personalized Markov chains") start
from. Dividing a row by its sum would change no user's order, so counts stay counts. Repeated items count each time.
"""

import numpy as np
from scipy import sparse

from spectran.data.incidence import Sparse
from spectran.data.sequences import Ids, Sequences
from spectran.models.controls.control import Scores, UntrainedControl
from spectran.models.features import ItemFeatures


class MarkovControl(UntrainedControl):
    """Scores an item by how often it followed the last item of the history in the train part.

    Args:
        train: the train part.
        back_off: order the items that never did by popularity, below all that did, instead of leaving them tied.
    """

    def __init__(self, train: Sequences, _features: ItemFeatures, *, back_off: bool) -> None:
        self.followed = followers(train)
        popularity = train.popularity()
        # Less than 1, the smallest count.
        self.unseen = popularity / (popularity.max() + 1.0) if back_off else np.zeros(train.n_items)

    def scores(self, histories: Ids) -> Scores:
        """Counts of followers, shape (B, N)."""
        counts: Scores = self.followed[histories[:, -1]].toarray()
        return np.where(counts > 0, counts, self.unseen)


def followers(train: Sequences) -> Sparse:
    """How often each item followed each other; float64 CSR array of shape (N + 1, N).

    Row N, of a history with no item in it, stays empty.
    """
    pairs = [(sequence[:-1], sequence[1:]) for sequence in train.sequences]
    before, after = (np.concatenate(side) for side in zip(*pairs, strict=True))
    shape = (train.n_items + 1, train.n_items)
    return sparse.coo_array((np.ones(len(before)), (before, after)), shape=shape).tocsr()
