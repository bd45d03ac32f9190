"""SpecTran (arXiv 2601.21986): item embeddings as learned mixtures of all spectral components. No public code exists.

E_LLM = U S V^T (eq. 3), rows of unit length, not centred. With W = phi(Q K^T) + A of shape d x r,

    E_s = U W^T                                            (eq. 7-8)
    phi(x) = sign(x) max(|x| - lambda, 0), lambda learnable from 0
    A_ii = sigma_1 sum_k alpha_k (sigma_i / sigma_1)^k, i <= d, alpha_0..alpha_n from 1   (eq. 9-10)

so SpecTran is a linear adapter of E_LLM with a whitened, frozen first factor. Readings where the paper is silent or
contradicts itself: no 1/sqrt(d_k) (Table 6's sizes), alpha shared over i (eq. 10 has no i), Q and K from N(0, 0.1^2),
d_k = d, order n = 3, E_item = E_s + E_id (the only fusion near Table 5's 2.21M parameters). The ablations of Table 3
are options: no phi(QK^T), A of frozen singular values, of frozen ones, or none. At lambda = 0 a projection inside the
forward pass would stop its gradient for good, so lambda is clamped to >= 0 after each step instead.
"""

import math

import torch
from torch import Tensor, nn

from spectran.config.methods import SpecTran
from spectran.models.features import ItemFeatures
from spectran.models.layers import product
from spectran.models.members import Pack, constant, normal
from spectran.models.methods.method import ItemMethod
from spectran.models.noise import PackedNoise
from spectran.models.tables import Fuse, semantic_width


class SpecTranMethod(ItemMethod):
    """Spectral attention plus Taylor weights on the leading components, fused with IDs."""

    basis: Tensor
    singular_values: Tensor
    powers: Tensor

    def __init__(self, options: SpecTran, pack: Pack, features: ItemFeatures, dim: int, noise: PackedNoise) -> None:
        super().__init__(len(pack))
        self.options = options
        self.width = width = semantic_width(options.fusion, dim)
        svd = features.decomposition("centred" if options.centre else "raw", at_least=width)
        basis = svd.U if options.attention else svd.U[:, :width]
        relative = torch.as_tensor(svd.S[:width] / svd.S[0], dtype=pack.dtype)
        exponents = torch.arange(options.order + 1, dtype=pack.dtype)
        self.products = pack.products
        self.register_buffer("basis", torch.tensor(basis, dtype=pack.products or pack.dtype), persistent=False)
        values = torch.as_tensor(svd.S[:width] * options.row_length, dtype=pack.dtype)
        self.register_buffer("singular_values", values, persistent=False)
        self.register_buffer("powers", relative[:, None] ** exponents, persistent=False)
        if options.attention:
            key_dim = options.key_dim or dim
            self.query = pack.parameter("query", (width, key_dim), normal(options.query_key_scale))
            self.key = pack.parameter("key", (svd.rank, key_dim), normal(options.query_key_scale))
            if options.threshold != "zero":
                rows = width if options.threshold == "per_dimension" else 1
                self.threshold = pack.parameter("threshold", (rows,), constant(0.0))
        if options.positional == "taylor":
            rows = width if options.per_dimension else 1
            self.taylor = pack.parameter("taylor", (rows, options.order + 1), constant(1.0))
        self.fuse = Fuse(pack, features.n_items, dim, options.fusion)

    def mixing(self) -> Tensor:
        """phi(Q K^T), shape (K, d, r)."""
        scores = self.query @ self.key.transpose(1, 2)
        if self.options.scale_scores:
            scores = scores / math.sqrt(self.query.shape[-1])
        return scores if self.options.threshold == "zero" else soft_shrink(scores, self.threshold[:, :, None])

    def positional(self) -> Tensor | None:
        """The diagonal of A, shape (K, d), or None without positional encoding."""
        kind = self.options.positional
        if kind == "none":
            return None
        if kind == "taylor":
            return self.singular_values[0] * (self.taylor * self.powers).sum(dim=-1)
        diagonal = self.singular_values if kind == "singular_values" else torch.ones_like(self.singular_values)
        return diagonal.expand(self.members, -1)

    def semantic_table(self) -> Tensor:
        """E_s = U W^T, shape (K, N, width)."""
        diagonal = self.positional()
        if not self.options.attention:
            leading = self.basis.to(self.singular_values.dtype).expand(self.members, -1, -1)
            return leading if diagonal is None else leading * diagonal[:, None, :]
        weights = self.mixing()
        if diagonal is not None:
            weights = weights + nn.functional.pad(torch.diag_embed(diagonal), (0, weights.shape[-1] - self.width))
        return product(self.basis, weights.transpose(1, 2), self.products)

    def item_table(self) -> Tensor:
        """The fused table, shape (K, N + 1, d)."""
        table: Tensor = self.fuse(self.semantic_table())
        return table

    def undecayed(self) -> frozenset[str]:
        """The threshold and the Taylor coefficients, where the options exempt them."""
        return frozenset() if self.options.decay_scalars else frozenset({"threshold", "taylor"})

    @torch.no_grad()
    def after_step(self) -> None:
        """Keep the Softshrink threshold at or above zero."""
        if hasattr(self, "threshold"):
            self.threshold.clamp_(min=0.0)


def soft_shrink(x: Tensor, threshold: Tensor) -> Tensor:
    """sign(x) max(|x| - threshold, 0); torch's own refuses a learnable threshold."""
    return x.sign() * torch.relu(x.abs() - threshold)
