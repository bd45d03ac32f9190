"""Packed layers: every parameter and activation has a leading member axis K."""

import torch
from torch import Tensor, nn

from spectran.models.members import Init, Pack, constant, xavier_normal
from spectran.models.randomness import BITS, draw, key_of


class PackedLinear(nn.Module):
    """K affine maps: (K, *, in) -> (K, *, out)."""

    def __init__(self, pack: Pack, name: str, n_in: int, n_out: int, init: Init = xavier_normal) -> None:
        super().__init__()
        self.weight = pack.parameter(f"{name}.weight", (n_in, n_out), init)
        self.bias = pack.parameter(f"{name}.bias", (n_out,), constant(0.0))

    def forward(self, x: Tensor) -> Tensor:
        """Apply member k's map to x[k]."""
        rows = x.flatten(1, -2)
        out = torch.baddbmm(self.bias[:, None, :], rows, self.weight)
        return out.view(*x.shape[:-1], -1)


class PackedLayerNorm(nn.Module):
    """K layer norms over the last axis: (K, B, T, d) -> (K, B, T, d)."""

    def __init__(self, pack: Pack, name: str, dim: int, eps: float = 1e-8) -> None:
        super().__init__()
        self.weight = pack.parameter(f"{name}.weight", (dim,), constant(1.0))
        self.bias = pack.parameter(f"{name}.bias", (dim,), constant(0.0))
        self.eps = eps

    def forward(self, x: Tensor) -> Tensor:
        """Normalise the last axis, then scale and shift with member k's parameters."""
        unit = nn.functional.layer_norm(x, x.shape[-1:], eps=self.eps)
        return torch.addcmul(self.bias[:, None, None, :], unit, self.weight[:, None, None, :])


class PackedDropout(nn.Module):
    """Dropout with a rate and random numbers of its own for every member.

    One object serves a whole model: a mask is a function of seed, epoch and the number of the call in the epoch.
    """

    def __init__(self, pack: Pack) -> None:
        super().__init__()
        self.members = list(pack.members)
        self.epoch = self.calls = 0

    def begin_epoch(self, epoch: int) -> None:
        """Count calls from the start of this epoch; nothing of earlier epochs is needed."""
        self.epoch, self.calls = epoch, 0

    def keep(self, indices: list[int]) -> None:
        """Keep the members at these places of the pack."""
        self.members = [self.members[k] for k in indices]

    def forward(self, x: Tensor) -> Tensor:
        """Zero entries of x[k] with member k's rate and scale up the rest; nothing in evaluation."""
        if not self.training or not any(member.dropout for member in self.members):
            return x
        self.calls += 1
        keys = [key_of(member.seed, "dropout", self.epoch, self.calls) for member in self.members]
        column = (-1, *[1] * (x.dim() - 1))
        rates = torch.tensor([member.dropout for member in self.members], dtype=torch.float64, device=x.device)
        thresholds = (rates * 2**BITS).round().to(torch.int32).view(column)
        scale = (1 / (1 - rates)).to(x.dtype).view(column)
        kept = draw(keys, x.shape[1:], x.device) >= thresholds
        return x * torch.mul(kept, scale)
