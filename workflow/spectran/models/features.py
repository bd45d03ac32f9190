"""What a method may read of a dataset's titles: frozen, shared by all members, loaded once and only when asked for."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from spectran.config.methods import Feature
from spectran.spectra.decomposition import Decomposition, Form
from spectran.spectra.matrix import read_embeddings


@dataclass(frozen=True)
class TextFeatures:
    """Frozen text features of N items.

    Attributes:
        n_items: N.
        paths: file of each feature that the method said it reads.
    """

    n_items: int
    paths: Mapping[Feature, Path] = field(default_factory=dict)
    _loaded: dict[Feature, NDArray[np.float64] | Decomposition] = field(default_factory=dict, compare=False)

    def embeddings(self) -> NDArray[np.float64]:
        """Unit-row text embeddings, shape (N, l).

        Raises:
            ValueError: if there are none, or not one row an item.
        """
        path = self._path("embeddings")
        if "embeddings" not in self._loaded:
            self._loaded["embeddings"] = read_embeddings(path)
        matrix = self._loaded["embeddings"]
        assert isinstance(matrix, np.ndarray)
        self._check_rows(path, len(matrix))
        return matrix

    def decomposition(self, form: Form, at_least: int) -> Decomposition:
        """The SVD of the unit-row embeddings.

        Args:
            form: `raw` or `centred`.
            at_least: components that the method needs.

        Raises:
            ValueError: if there is none, its rank is too low, or it has not one row an item.
        """
        path = self._path(form)
        if form not in self._loaded:
            self._loaded[form] = Decomposition.load(path)
        found = self._loaded[form]
        assert isinstance(found, Decomposition)
        self._check_rows(path, len(found.U))
        if found.rank < at_least:
            raise ValueError(
                f"{path}: numerical rank of at least {at_least} expected (the item dimension), found {found.rank}; "
                "choose a smaller dimension or more items"
            )
        return found

    def _path(self, feature: Feature) -> Path:
        if feature not in self.paths:
            raise ValueError(f"this method reads '{feature}', but its options' reads() does not name it")
        return self.paths[feature]

    def _check_rows(self, path: Path, rows: int) -> None:
        if rows != self.n_items:
            raise ValueError(f"{path}: one row for each of {self.n_items} items expected, found {rows}")
