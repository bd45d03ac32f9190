"""Trainable parameters of a model, from shapes alone: no text, no training."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from spectran.config.backbones import Backbone
from spectran.config.graph import ItemGraph
from spectran.config.methods import Method
from spectran.data.incidence import Sparse
from spectran.models.features import ItemFeatures
from spectran.models.members import Member
from spectran.models.recommender import Blueprint
from spectran.spectra.decomposition import Decomposition, Form
from spectran.spectra.whitening import WhiteForm

#: Any point will do: none of it changes a count.
ANYONE = Member(seed=0, weight_decay=0.0, dropout=0.0, id_scale=1.0, learning_rate=1e-3)


@dataclass(frozen=True)
class Shapes(ItemFeatures):
    """Text features of a size: N items, l columns, numerical rank r; their entries mean nothing."""

    text_dim: int = 4096
    rank: int = 4096

    def embeddings(self, at_least: int = 1) -> NDArray[np.float64]:
        """Zeros of shape (N, l)."""
        return np.zeros((self.n_items, self.text_dim))

    def collaborative(self, width: int) -> NDArray[np.float64]:
        """Zeros of shape (N, width)."""
        return np.zeros((self.n_items, width))

    def item_graph(self, options: ItemGraph) -> Sparse:
        """Items without neighbours."""
        return sparse.eye_array(self.n_items, format="csr")

    def whitened(self, form: WhiteForm, epsilon: float) -> NDArray[np.float64]:
        """Zeros of shape (N, l), or (N, r) for PCA."""
        return np.zeros((self.n_items, self.text_dim if form == "zca" else self.rank))

    def decomposition(self, form: Form, at_least: int) -> Decomposition:
        """Singular values from 2 to 1 and vectors of zeros."""
        left, right = np.zeros((self.n_items, self.rank)), np.zeros((self.text_dim, self.rank))
        return Decomposition(U=left, S=np.linspace(2.0, 1.0, self.rank), V=right)


@lru_cache(maxsize=128)  # it takes a while, and several tables and pages ask
def trainable_parameters(
    backbone: Backbone, method: Method, *, n_items: int, dim: int, text_dim: int, rank: int, history: int = 10
) -> int:
    """Trainable parameters of one member.

    Args:
        backbone: options of the backbone.
        method: options of the method.
        n_items: N.
        dim: item dimension d.
        text_dim: l.
        rank: numerical rank r of the embeddings.
        history: longest input T.
    """
    shapes = Shapes(n_items, text_dim=text_dim, rank=rank)
    return Blueprint(backbone, method, dim, history, shapes).build((ANYONE,)).parameters_per_member()
