"""Packed layers: every parameter and activation has a leading member axis K."""

import torch
from torch import Tensor, nn

from spectran.models.members import Init, Pack, constant, xavier_normal


def product(a: Tensor, b: Tensor, rounded: torch.dtype | None) -> Tensor:
    """The product a @ b, of b's type; all factors, gradients too, are first rounded to `rounded` unless it is None."""
    return a @ b if rounded is None else (a.to(rounded) @ b.to(rounded)).to(b.dtype)


class PackedLinear(nn.Module):
    """K affine maps, linear without `bias`: (K, *, in) -> (K, *, out)."""

    def __init__(
        self, pack: Pack, name: str, n_in: int, n_out: int, init: Init = xavier_normal, *, bias: bool = True
    ) -> None:
        super().__init__()
        self.products = pack.products
        self.weight = pack.parameter(f"{name}.weight", (n_in, n_out), init)
        self.bias = pack.parameter(f"{name}.bias", (n_out,), constant(0.0)) if bias else None

    def forward(self, x: Tensor) -> Tensor:
        """Apply member k's map to x[k]."""
        rows = x.flatten(1, -2)
        if self.products is None and self.bias is not None:
            out = torch.baddbmm(self.bias[:, None, :], rows, self.weight)
        else:
            out = product(rows, self.weight, self.products)
            out = out if self.bias is None else out + self.bias[:, None, :]
        return out.view(*x.shape[:-1], -1)


class PackedLayerNorm(nn.Module):
    """K layer norms over the last axis: (K, *, d) -> (K, *, d)."""

    def __init__(self, pack: Pack, name: str, dim: int, eps: float = 1e-8) -> None:
        super().__init__()
        self.weight = pack.parameter(f"{name}.weight", (dim,), constant(1.0))
        self.bias = pack.parameter(f"{name}.bias", (dim,), constant(0.0))
        self.eps = eps

    def forward(self, x: Tensor) -> Tensor:
        """Normalise the last axis, then scale and shift with member k's parameters."""
        unit = nn.functional.layer_norm(x, x.shape[-1:], eps=self.eps)
        shape = (len(self.weight), *[1] * (x.dim() - 2), -1)
        return torch.addcmul(self.bias.view(shape), unit, self.weight.view(shape))
