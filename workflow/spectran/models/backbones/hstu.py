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
from spectran.models.backbones.backbone import Backbone, at_times, through
from spectran.models.layers import PackedLinear, product
from spectran.models.layout import Layout, Places
from spectran.models.members import Pack, normal, truncated_normal, xavier_uniform
from spectran.models.noise import PackedNoise
from spectran.models.reading import read

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

    def forward(self, x: Tensor, layout: Layout, wanted: Places) -> Tensor:
        """See `Backbone.forward`."""
        x = x * self.input_scale + at_times(self.positions, layout)
        x = self.noise.dropout(x, layout.rows.index)
        return through(list(self.blocks), x, layout, wanted)


class Block(nn.Module):
    """Gated attention without softmax, and a residual."""

    def __init__(self, pack: Pack, name: str, dim: int, history: int, options: HSTU, noise: PackedNoise) -> None:
        super().__init__()
        self.history = history
        self.heads = options.heads
        self.noise = noise
        self.products = pack.products
        self.uvqk = pack.parameter(f"{name}.uvqk", (dim, 4 * dim), normal(0.02))
        self.bias = pack.parameter(f"{name}.bias", (2 * history - 1,), normal(0.02)) if options.position_bias else None
        self.output = PackedLinear(pack, f"{name}.output", dim, dim, xavier_uniform)

    def forward(self, x: Tensor, layout: Layout, wanted: Places) -> Tensor:
        """Rows (K, R, d) -> wanted rows (K, P, d)."""
        normed = _norm(x)
        w_u, w_v, w_q, w_k = self.uvqk.chunk(4, dim=-1)
        asking, asked = torch.cat([w_u, w_q], dim=-1), torch.cat([w_v, w_k], dim=-1)
        u, q = nn.functional.silu(product(layout.pick(normed, wanted), asking, self.products)).chunk(2, dim=-1)
        v, k = nn.functional.silu(product(normed, asked, self.products)).chunk(2, dim=-1)
        allowed = layout.readable(wanted)
        bias = 0.0 if self.bias is None else self._relative(self.bias, layout, wanted)

        def weigh(scores: Tensor) -> Tensor:
            return (nn.functional.silu(scores + bias) / self.history).masked_fill(~allowed, 0.0)

        normed = _norm(read(q, k, v, self.heads, layout, wanted, weigh))
        return torch.add(layout.pick(x, wanted), self.output(self.noise.dropout(u * normed, wanted.index)))

    def _relative(self, bias: Tensor, layout: Layout, wanted: Places) -> Tensor:
        """The bias of key j for query i, entry j - i + T - 1 of a member's 2T - 1: (K, P, 1, length)."""
        length = layout.shape[1]
        places = torch.arange(length, device=bias.device)
        table = bias[:, places - places[:, None] + self.history - 1]
        # A product with zeros and ones, whose gradient is a product too.
        return (layout.one_hot_times(wanted, bias.dtype) @ table)[:, :, None]


def _norm(x: Tensor) -> Tensor:
    """LayerNorm of the last axis without parameters."""
    return nn.functional.layer_norm(x, x.shape[-1:], eps=EPS)
