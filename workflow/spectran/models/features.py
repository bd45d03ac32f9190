"""What a method may read of a dataset's titles: frozen, shared by all members, loaded only when asked for."""

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from spectran.spectra.decomposition import Decomposition, Form, unit_rows


@dataclass(frozen=True)
class TextFeatures:
    """Frozen text features of N items.

    Attributes:
        n_items: N.
        embeddings_path: npy file of shape (N, l), or None for a method that reads no text.
        decomposition_paths: the SVD files by form.
    """

    n_items: int
    embeddings_path: Path | None = None
    decomposition_paths: dict[Form, Path] | None = None

    @cached_property
    def embeddings(self) -> NDArray[np.float64]:
        """Unit-row text embeddings, shape (N, l).

        Raises:
            ValueError: if there are none, or not one row an item.
        """
        if self.embeddings_path is None:
            raise ValueError("this method reads text embeddings, but the cell was given none")
        matrix = np.load(self.embeddings_path, allow_pickle=False)
        if matrix.ndim != 2 or len(matrix) != self.n_items:
            raise ValueError(f"{self.embeddings_path}: shape ({self.n_items}, l) expected, found {matrix.shape}")
        return unit_rows(matrix)

    def decomposition(self, form: Form, at_least: int) -> Decomposition:
        """The SVD of the embeddings.

        Args:
            form: `raw` or `centred`.
            at_least: components that the method needs.

        Raises:
            ValueError: if there is none, or its rank is too low.
        """
        if self.decomposition_paths is None:
            raise ValueError("this method reads the SVD of text embeddings, but the cell was given none")
        path = self.decomposition_paths[form]
        found = Decomposition.load(path)
        if found.rank < at_least:
            raise ValueError(
                f"{path}: numerical rank of at least {at_least} expected (the item dimension), found {found.rank}; "
                "choose a smaller dimension or more items"
            )
        return found
