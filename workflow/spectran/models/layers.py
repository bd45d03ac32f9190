"""Packed layers: every parameter and activation has a leading member axis K."""

import torch
from torch import Tensor, nn

from spectran.models.members import Init, Pack, constant, stream, xavier_normal


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
    """Dropout with a rate and a random stream of its own for every member.

    One object serves a whole model, so that a member's stream is consumed in the order of the forward pass.
    """

    def __init__(self, pack: Pack) -> None:
        super().__init__()
        self.members = list(pack.members)
        self._streams: list[torch.Generator] = []

    def begin_epoch(self, epoch: int, device: torch.device) -> None:
        """Start every member's stream for this epoch; nothing from earlier epochs is needed."""
        self._streams = [stream(member.seed, "dropout", epoch, device=device) for member in self.members]

    def keep(self, indices: list[int]) -> None:
        """Keep the members at these places of the pack."""
        self.members = [self.members[k] for k in indices]
        self._streams = [self._streams[k] for k in indices] if self._streams else []

    def forward(self, x: Tensor) -> Tensor:
        """Zero entries of x[k] with member k's rate and scale up the rest; nothing in evaluation."""
        if not self.training or not any(member.dropout for member in self.members):
            return x
        masks = []
        for member, generator in zip(self.members, self._streams, strict=True):
            draw = torch.rand(x.shape[1:], generator=generator, device=x.device, dtype=torch.float32)
            masks.append((draw >= member.dropout).to(x.dtype) / (1.0 - member.dropout))
        return x * torch.stack(masks)
