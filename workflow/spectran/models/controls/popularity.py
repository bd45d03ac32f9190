"""Popularity: the items' counts in the train part, the same for everybody."""

import numpy as np

from spectran.data.sequences import Ids, Sequences
from spectran.models.controls.control import Scores, UntrainedControl
from spectran.models.features import ItemFeatures


class PopularityControl(UntrainedControl):
    """Scores an item by how often it occurs in the train part."""

    def __init__(self, train: Sequences, _features: ItemFeatures) -> None:
        self.counts = train.popularity().astype(np.float64)

    def scores(self, histories: Ids) -> Scores:
        """The counts, shape (B, N)."""
        return np.tile(self.counts, (len(histories), 1))
