"""Text kNN: cosine between each item's title vector and the mean title vector of the user's latest items.

The zero-shot use of a text encoder in sequential recommendation (for one, Harte et al., RecSys 2023, "LLMSeqSim"); no
user's behaviour but the history itself is looked at. Different from them: unit vectors are averaged, without weights
for age, and validation chooses how many of the latest. The mean's own length changes no user's order, so it stays.
"""

import numpy as np

from spectran.data.incidence import counts_of
from spectran.data.sequences import Ids, Sequences
from spectran.models.controls.control import Scores, UntrainedControl
from spectran.models.features import ItemFeatures


class TextKnnControl(UntrainedControl):
    """Scores items by their unit title vector times the mean of the history's unit title vectors.

    Args:
        features: gives the unit-row embeddings, shape (N, l).
    """

    def __init__(self, _train: Sequences, features: ItemFeatures) -> None:
        # Equal titles are scored once: a matrix product may round equal rows differently, and ties would be lost.
        self.titles, self.title_of = np.unique(features.embeddings(), axis=0, return_inverse=True)

    def scores(self, histories: Ids) -> Scores:
        """Cosines times the length of the mean, shape (B, N); 0 for a history with no item."""
        title_of = np.append(self.title_of, len(self.titles))  # padding stays padding
        recent = counts_of(title_of[histories], len(self.titles))
        means = (recent @ self.titles) / np.maximum(recent.sum(axis=1), 1.0)[:, None]
        found: Scores = (means @ self.titles.T)[:, self.title_of]
        return found
