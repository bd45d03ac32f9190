"""HSTU (Zhai et al. 2024, arXiv 2402.17152), packed.

The research form of facebookresearch/generative-recommenders (modeling/sequential/hstu.py): x = item + position, and a
block is (u, v, q, k) = SiLU(LN(x) W), a = SiLU(q k^T + bias) / n under the causal mask, without softmax or 1/sqrt(d),
then x + W_o dropout(u * LN(a v)). LN has no parameters, and none follows the last block: the authors only divide the
hidden state by its length, as the cosine does.

Differences: n is the study's history length T whatever the input's, so that padding changes nothing; the loss and its
temperature are the study's (theirs: sampled softmax at 0.05); W_o's bias starts at zero; with several heads each has
d / heads columns. The authors also add a learned bias of the time between two items (129 scalars a block). It is not
built: Clothing has no complete timestamps, so one dataset would be treated unlike the others, and SpecTran's section
4.1.5 says that ID features alone are used.
"""

import math

import torch
from torch import Tensor, nn

from spectran.config.backbones import HSTU
from spectran.models.attention import split_heads
from spectran.models.backbones.backbone import Backbone
from spectran.models.layers import PackedLinear
from spectran.models.members import Pack, normal, truncated_normal, xavier_uniform
from spectran.models.noise import PackedNoise

EPS = 1e-6


class HSTUBackbone(Backbone):
    """K stacks of gated attention over item histories."""

    def __init__(self, options: HSTU, pack: Pack, dim: int, history: int, noise: PackedNoise) -> None:
        super().__init__()
        self.positions = pack.parameter("positions", (history, dim), truncated_normal(1 / math.sqrt(dim)))
        self.blocks = nn.ModuleList(
            Block(pack, f"blocks.{i}", dim, history, options, noise) for i in range(options.blocks)
        )
        self.noise = noise
        self.input_scale = math.sqrt(dim) if options.scale_input else 1.0

    def forward(self, x: Tensor, real: Tensor, allowed: Tensor) -> Tensor:
        """See `Backbone.forward`."""
        x = x * self.input_scale + self.positions[:, None, -x.shape[2] :]
        x = self.noise.dropout(x) * real[..., None].to(x.dtype)
        for block in self.blocks:
            x = block(x, allowed)
        return x


class Block(nn.Module):
    """Gated attention without softmax, and a residual."""

    def __init__(self, pack: Pack, name: str, dim: int, history: int, options: HSTU, noise: PackedNoise) -> None:
        super().__init__()
        self.history = history
        self.heads = options.heads
        self.noise = noise
        self.uvqk = pack.parameter(f"{name}.uvqk", (dim, 4 * dim), normal(0.02))
        self.bias = pack.parameter(f"{name}.bias", (2 * history - 1,), normal(0.02)) if options.position_bias else None
        self.output = PackedLinear(pack, f"{name}.output", dim, dim, xavier_uniform)

    def forward(self, x: Tensor, allowed: Tensor) -> Tensor:
        """(K, B, T, d), allowed (K, B, T, T) -> (K, B, T, d)."""
        z = nn.functional.silu(_norm(x).flatten(1, 2) @ self.uvqk).unflatten(1, x.shape[1:3])
        u, *parts = z.chunk(4, dim=-1)
        v, q, k = (split_heads(part, self.heads) for part in parts)
        scores = q @ k.transpose(-1, -2)
        if self.bias is not None:
            scores = scores + self._relative(self.bias, x.shape[2])
        weights = (nn.functional.silu(scores) / self.history).masked_fill(~allowed[:, :, None], 0.0)
        read = (weights @ v).transpose(2, 3).flatten(3)
        return torch.add(x, self.output(self.noise.dropout(u * _norm(read))))

    def _relative(self, bias: Tensor, length: int) -> Tensor:
        """The bias of key j for query i, entry j - i + T - 1 of a member's 2T - 1: (K, 1, 1, length, length)."""
        places = torch.arange(length, device=bias.device)
        return bias[:, None, None, places - places[:, None] + self.history - 1]


def _norm(x: Tensor) -> Tensor:
    """LayerNorm of the last axis without parameters."""
    return nn.functional.layer_norm(x, x.shape[-1:], eps=EPS)
