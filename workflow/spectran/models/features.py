"""What a method may read of a dataset's titles: frozen, shared by all members, loaded once and only when asked for."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from spectran.config.methods import Feature
from spectran.models.similar_users import similar_users
from spectran.spectra.decomposition import Decomposition, Form
from spectran.spectra.matrix import read_embeddings
from spectran.spectra.whitening import WhiteForm, whiten

#: Number of users, arithmetic and device of a search for similar ones.
_Search = tuple[int, torch.dtype, torch.device]


@dataclass(frozen=True)
class TextFeatures:
    """Frozen text features of N items.

    Attributes:
        n_items: N.
        paths: file of each feature that the method said it reads.
        popularity: how often each item occurs in the train part, shape (N,), where known.
    """

    n_items: int
    paths: Mapping[Feature, Path] = field(default_factory=dict)
    popularity: NDArray[np.int64] | None = None
    _loaded: dict[Feature, NDArray[np.float64] | Decomposition] = field(default_factory=dict, compare=False)
    _whitened: dict[tuple[WhiteForm, float], NDArray[np.float64]] = field(default_factory=dict, compare=False)
    _similar: dict[_Search, tuple[Tensor, Tensor]] = field(default_factory=dict, compare=False)

    def embeddings(self, at_least: int = 1) -> NDArray[np.float64]:
        """Unit-row text embeddings, shape (N, l).

        Args:
            at_least: columns that the method needs.

        Raises:
            ValueError: if there are none, too few columns, or not one row an item.
        """
        path = self._path("embeddings")
        if "embeddings" not in self._loaded:
            self._loaded["embeddings"] = read_embeddings(path)
        matrix = self._loaded["embeddings"]
        assert isinstance(matrix, np.ndarray)
        self._check_rows(path, len(matrix))
        if matrix.shape[1] < at_least:
            raise ValueError(
                f"{path}: at least {at_least} columns expected (the item dimension), found {matrix.shape[1]}; "
                "choose a smaller dimension or a wider encoder"
            )
        return matrix

    def scaled(self, row_length: float | None) -> NDArray[np.float64]:
        """Text embeddings whose rows have this length, sqrt(l) when None, so that entries are of size 1; (N, l)."""
        rows = self.embeddings()
        return rows * (row_length or math.sqrt(rows.shape[1]))

    def whitened(self, form: WhiteForm, epsilon: float) -> NDArray[np.float64]:
        """Whitened text embeddings (see `whiten`), shape (N, l) for ZCA and (N, r) for PCA; made once."""
        if (form, epsilon) not in self._whitened:
            self._whitened[form, epsilon] = whiten(self.decomposition("centred", at_least=1), form, epsilon)
        return self._whitened[form, epsilon]

    def similar_users(self, histories: Tensor, text: Tensor, count: int) -> Tensor:
        """See `similar_users`; found once for these histories, since it takes a time that grows with U^2.

        Args:
            histories: item indices, shape (U, T), left-padded with N.
            text: the embeddings with rows of equal length, in the arithmetic and on the device to search with.
            count: how many.
        """
        search = count, text.dtype, text.device
        if search not in self._similar or not torch.equal(self._similar[search][0], histories):
            self._similar[search] = histories, similar_users(histories, text, count)
        return self._similar[search][1]

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
