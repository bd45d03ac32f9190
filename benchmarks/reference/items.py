"""Where the reference's item vectors come from: Base, MoRec and SpecTran, at their defaults."""

from abc import ABC, abstractmethod

import torch
from torch import Tensor, nn
from torch.nn import functional

from spectran.models.features import ItemFeatures


class Items(nn.Module, ABC):
    """The item table; row N is padding, zero."""

    def __init__(self, n_items: int, width: int, scale: float) -> None:
        super().__init__()
        self.ids = nn.Embedding(n_items + 1, width, padding_idx=n_items)
        with torch.no_grad():
            self.ids.weight.mul_(scale)

    @abstractmethod
    def forward(self) -> Tensor:
        """The item table, shape (N + 1, d)."""

    def after_step(self) -> None:
        """Project parameters back into their domain."""


class Base(Items):
    """A trained ID table."""

    def __init__(self, features: ItemFeatures, dim: int) -> None:
        super().__init__(features.n_items, dim, 1.0)

    def forward(self) -> Tensor:
        """E_id."""
        return self.ids.weight


class MoRec(Items):
    """[E_id ; GELU(X W + b)]."""

    text: Tensor

    def __init__(self, features: ItemFeatures, dim: int) -> None:
        super().__init__(features.n_items, dim - dim // 2, 0.02)
        self.register_buffer("text", torch.as_tensor(features.scaled(None), dtype=self.ids.weight.dtype))
        self.adapter = nn.Linear(self.text.shape[1], dim // 2)

    def forward(self) -> Tensor:
        """Two halves."""
        semantic = functional.gelu(self.adapter(self.text))
        return torch.cat([self.ids.weight, functional.pad(semantic, (0, 0, 0, 1))], dim=1)


class SpecTran(Items):
    """U (phi(Q K^T) + A)^T + E_id."""

    U: Tensor
    powers: Tensor

    def __init__(self, features: ItemFeatures, dim: int) -> None:
        super().__init__(features.n_items, dim, 0.02)
        svd = features.decomposition("raw", at_least=dim)
        values = torch.as_tensor(svd.S[:dim], dtype=self.ids.weight.dtype)
        self.largest = float(values[0])
        self.register_buffer("U", torch.as_tensor(svd.U, dtype=self.ids.weight.dtype))
        self.register_buffer("powers", (values / values[0])[:, None] ** torch.arange(4))
        self.query = nn.Parameter(0.1 * torch.randn(dim, dim))
        self.key = nn.Parameter(0.1 * torch.randn(svd.rank, dim))
        self.threshold = nn.Parameter(torch.zeros(1))
        self.taylor = nn.Parameter(torch.ones(1, 4))

    def forward(self) -> Tensor:
        """E_s + E_id."""
        scores = self.query @ self.key.T
        weights = scores.sign() * (scores.abs() - self.threshold).relu()
        diagonal = self.largest * (self.taylor * self.powers).sum(dim=1)
        weights = weights + functional.pad(torch.diag(diagonal), (0, weights.shape[1] - len(diagonal)))
        return functional.pad(self.U @ weights.T, (0, 0, 0, 1)) + self.ids.weight

    @torch.no_grad()
    def after_step(self) -> None:
        """The threshold stays at or above zero."""
        self.threshold.clamp_(min=0.0)


#: By kind of method.
ITEMS: dict[str, type[Base] | type[MoRec] | type[SpecTran]] = {"base": Base, "morec": MoRec, "spectran": SpecTran}
