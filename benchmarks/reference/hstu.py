"""HSTU (Zhai et al. 2024), the study's form: see spectran.models.backbones.hstu for its sources."""

import math

import torch
from torch import Tensor, nn
from torch.nn import functional

from benchmarks.reference.encoder import Encoder


class HSTU(Encoder):
    """Gated attention without softmax."""

    def __init__(self, dim: int, history: int, dropout: float, blocks: int = 2) -> None:
        super().__init__()
        self.positions = nn.Embedding(history, dim)
        nn.init.normal_(self.positions.weight, std=1 / math.sqrt(dim))
        self.blocks = nn.ModuleList(Block(dim, history, dropout) for _ in range(blocks))
        self.dropout = nn.Dropout(dropout)

    def forward(self, x: Tensor, real: Tensor) -> Tensor:
        """See `Encoder.forward`."""
        allowed = self.allowed(real)
        x = self.dropout(x + self.positions.weight) * real[..., None]
        for block in self.blocks:
            x = block(x, allowed)
        return x


class Block(nn.Module):
    """Gated attention with a learned bias of the relative position, and a residual."""

    def __init__(self, dim: int, history: int, dropout: float) -> None:
        super().__init__()
        self.history = history
        self.uvqk = nn.Linear(dim, 4 * dim, bias=False)
        self.bias = nn.Parameter(0.02 * torch.randn(2 * history - 1))
        self.output = nn.Linear(dim, dim)
        self.dropout = nn.Dropout(dropout)
        nn.init.normal_(self.uvqk.weight, std=0.02)

    def forward(self, x: Tensor, allowed: Tensor) -> Tensor:
        """(B, T, d), allowed (B, T, T) -> (B, T, d)."""
        u, v, q, k = functional.silu(self.uvqk(_norm(x))).chunk(4, dim=-1)
        places = torch.arange(x.shape[1], device=x.device)
        scores = q @ k.transpose(1, 2) + self.bias[places - places[:, None] + self.history - 1]
        weights = (functional.silu(scores) / self.history).masked_fill(~allowed, 0.0)
        gated = self.dropout(u * _norm(weights @ v))
        out: Tensor = x + self.output(gated)
        return out


def _norm(x: Tensor) -> Tensor:
    """LayerNorm without parameters."""
    return functional.layer_norm(x, x.shape[-1:], eps=1e-6)
