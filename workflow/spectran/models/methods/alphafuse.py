"""AlphaFuse (Hu et al. 2025, SIGIR; code Hugo-Chinn/AlphaFuse, commit b501a05): IDs in the weakest kept directions.

E_c = U S V^T is the SVD of the centred text embeddings. The d leading principal scores are standardised to unit
variance, sqrt(N - 1) U[:, :d], and frozen; a trained ID table is added to the last `null_fraction` of the columns (64
of 128). SpecTran's eq. (5) prints U[:, :d] alone: it leaves out the centring, the factor sqrt(N - 1) and the ID part,
all of which the authors' code has. Their `cover` form (IDs replace the weak columns) is not built.
"""

import math

import torch
from torch import Tensor

from spectran.config.methods import AlphaFuse
from spectran.models.features import ItemFeatures
from spectran.models.members import Pack
from spectran.models.methods.method import ItemMethod
from spectran.models.noise import PackedNoise
from spectran.models.tables import IdTable, with_padding


class AlphaFuseMethod(ItemMethod):
    """Frozen standardised principal scores, with IDs added to the weakest of them."""

    semantic: Tensor

    def __init__(self, options: AlphaFuse, pack: Pack, features: ItemFeatures, dim: int, noise: PackedNoise) -> None:
        super().__init__(len(pack))
        svd = features.decomposition("centred", at_least=dim)
        scale = math.sqrt(features.n_items - 1) if options.standardise else svd.S[:dim]
        self.register_buffer("semantic", torch.as_tensor(svd.U[:, :dim] * scale, dtype=pack.dtype), persistent=False)
        self.ids = IdTable(pack, features.n_items, max(1, round(dim * options.null_fraction)))

    def semantic_table(self) -> Tensor:
        """The frozen principal scores, shape (K, N, d), the same for every member."""
        return self.semantic.expand(self.members, -1, -1)

    def item_table(self) -> Tensor:
        """Principal scores with IDs on the last columns, shape (K, N + 1, d)."""
        ids = self.ids.rows()
        clear = self.semantic.shape[1] - ids.shape[-1]
        return with_padding(self.semantic_table() + torch.nn.functional.pad(ids, (clear, 0)))
