"""What every untrained control is: fitted in its constructor, then a score of every item for every history."""

from abc import ABC, abstractmethod

import numpy as np
from numpy.typing import NDArray

from spectran.data.sequences import Ids

Scores = NDArray[np.float64]


class UntrainedControl(ABC):
    """Scores items for users it need not know. A subclass is built from (train, features, **point), all it learns."""

    @abstractmethod
    def scores(self, histories: Ids) -> Scores:
        """Scores of all N items, higher is better; items of the history are scored like all others.

        Args:
            histories: item indices, oldest first, left-padded with N, shape (B, T).

        Returns:
            Finite numbers, shape (B, N).
        """
