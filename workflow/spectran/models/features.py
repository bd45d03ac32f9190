"""What a method may read of the items: frozen, shared by all members, loaded or made once and only when asked for."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from spectran.config.graph import ItemGraph
from spectran.config.methods import Feature
from spectran.data.incidence import Sparse
from spectran.data.sequences import Sequences
from spectran.models.similar_users import similar_users
from spectran.spectra.decomposition import Decomposition, Form
from spectran.spectra.matrix import read_embeddings, read_matrix
from spectran.spectra.whitening import WhiteForm, whiten

#: Number of users, arithmetic and device of a search for similar ones.
_Search = tuple[int, torch.dtype, torch.device]


@dataclass(frozen=True)
class ItemFeatures:
    """Frozen features of N items.

    Attributes:
        n_items: N.
        paths: file of each feature that the method said it reads.
        popularity: how often each item occurs in the train part, shape (N,), where known.
        train: the train part, where known.
    """

    n_items: int
    paths: Mapping[Feature, Path] = field(default_factory=dict)
    popularity: NDArray[np.int64] | None = None
    train: Sequences | None = None
    _loaded: dict[Feature, NDArray[np.float64] | Decomposition] = field(default_factory=dict, compare=False)
    _whitened: dict[tuple[WhiteForm, float], NDArray[np.float64]] = field(default_factory=dict, compare=False)
    _similar: dict[_Search, tuple[Tensor, Tensor]] = field(default_factory=dict, compare=False)
    _graphs: dict[ItemGraph, Sparse] = field(default_factory=dict, compare=False)

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

    def collaborative(self, width: int) -> NDArray[np.float64]:
        """Item vectors of another, trained cell, scaled so that the standard deviation of all entries is 1; (N, width).

        Args:
            width: the other cell's item dimension.

        Raises:
            ValueError: naming the file, if it has another shape or holds what is no number.
        """
        path = self._path("collaborative")
        if "collaborative" not in self._loaded:
            self._loaded["collaborative"] = read_matrix(path).astype(np.float64)
        matrix = self._loaded["collaborative"]
        assert isinstance(matrix, np.ndarray)
        self._check_rows(path, len(matrix))
        if matrix.shape[1] != width or not np.isfinite(matrix).all():
            found = f"found {matrix.shape[1]}" if matrix.shape[1] != width else "found entries that are none"
            raise ValueError(f"{path}: {width} columns of finite numbers expected, {found}")
        return matrix / (matrix.std() or 1.0)

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

    def item_graph(self, options: ItemGraph) -> Sparse:
        """The normalised item graph S of the train part, CSR array of shape (N, N); see `normalised`; made once.

        Args:
            options: which graph, and what it is used for, which changes nothing.

        Raises:
            ValueError: for the graph text-knn, see `embeddings`.
        """
        # scipy takes a fifth of a second, which jobs without a graph are spared.
        from spectran.spectra.item_graph import item_graph, normalised

        graph = ItemGraph(**options.model_dump(include=set(ItemGraph.model_fields)))
        if graph not in self._graphs:
            if self.train is None:
                raise ValueError("an item graph is made of the train part, which these features were made without")
            text = self.embeddings() if graph.graph == "text-knn" else None
            self._graphs[graph] = normalised(item_graph(self.train, graph, text))
        return self._graphs[graph]

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
