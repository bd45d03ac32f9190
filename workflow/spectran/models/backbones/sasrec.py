"""SASRec (Kang and McAuley 2018, arXiv 1808.09781), packed.

The older form of pmixer/SASRec.pytorch: LayerNorm on the query only (Q = LN(x), keys and values are x), the residual
starts from the query, x = LN(x) before the feed-forward net, whose inner width is d; a last LayerNorm. With two blocks
and d = 128 on Toys it has 1,705,728 parameters, what SpecTran's Table 5 prints as 1.70M. Differences: padding is also
masked as a key, positions are counted from the left end of the window, there is no sqrt(d) factor unless asked for, and
every matrix of Q, K, V has its own Xavier draw.

`form: alphafuse` is the one block of AlphaFuse's code (Hu et al. 2025; models/backbone_SASRec.py), which has 1,589,888
parameters there, a number that Table 5 excludes. Its attention has no output projection; its feed-forward net has no
dropout inside, and its residual is followed by a LayerNorm, with another one behind it at the end. Differences from
their code: the start is the one of `init` (theirs is PyTorch's own, and N(0, 1) for positions), LayerNorm's epsilon is
1e-8 (theirs 1e-5), and several heads divide by the root of their own width (theirs by that of d).
"""

import math

import torch
from torch import Tensor, nn

from spectran.config.backbones import SASRec
from spectran.models.attention import PackedAttention
from spectran.models.backbones.backbone import Backbone, at_times, through
from spectran.models.layers import PackedLayerNorm, PackedLinear
from spectran.models.layout import Layout, Places
from spectran.models.members import Pack, normal, xavier_normal
from spectran.models.noise import PackedNoise


class SASRecBackbone(Backbone):
    """K causal transformers over item histories."""

    def __init__(self, options: SASRec, pack: Pack, dim: int, history: int, noise: PackedNoise) -> None:
        super().__init__()
        init = xavier_normal if options.init == "xavier_normal" else normal(0.02)
        self.positions = pack.parameter("positions", (history, dim), init)
        block = AlphaFuseBlock if options.form == "alphafuse" else Block
        self.blocks = nn.ModuleList(block(pack, f"blocks.{i}", dim, options, noise) for i in range(options.blocks))
        self.norm = PackedLayerNorm(pack, "norm", dim)
        self.noise = noise
        self.input_scale = math.sqrt(dim) if options.scale_input else 1.0

    def forward(self, x: Tensor, layout: Layout, wanted: Places) -> Tensor:
        """See `Backbone.forward`."""
        x = x * self.input_scale + at_times(self.positions, layout)
        x = self.noise.dropout(x, layout.rows.index)
        hidden: Tensor = self.norm(through(list(self.blocks), x, layout, wanted))
        return hidden


class Block(nn.Module):
    """Self-attention and a feed-forward net, each behind a LayerNorm."""

    projects = True

    def __init__(self, pack: Pack, name: str, dim: int, options: SASRec, noise: PackedNoise) -> None:
        super().__init__()
        init = xavier_normal if options.init == "xavier_normal" else normal(0.02)

        def linear(part: str) -> PackedLinear:
            return PackedLinear(pack, f"{name}.{part}", dim, dim, init)

        self.noise = noise
        self.attention_norm = PackedLayerNorm(pack, f"{name}.attention_norm", dim)
        self.attention = PackedAttention(pack, name, dim, options.heads, init, noise, project=self.projects)
        self.feed_forward_norm = PackedLayerNorm(pack, f"{name}.feed_forward_norm", dim)
        self.inner, self.outer = map(linear, ("inner", "outer"))

    def forward(self, x: Tensor, layout: Layout, wanted: Places) -> Tensor:
        """Rows (K, R, d) -> wanted rows (K, P, d)."""
        query = self.attention_norm(layout.pick(x, wanted))
        x = self.feed_forward_norm(query + self.attention(query, wanted, x, layout))
        inner = torch.relu(self.noise.dropout(self.inner(x), wanted.index))
        return torch.add(x, self.noise.dropout(self.outer(inner), wanted.index))


class AlphaFuseBlock(Block):
    """The same without the attention's output projection, and with a LayerNorm at the end."""

    projects = False

    def __init__(self, pack: Pack, name: str, dim: int, options: SASRec, noise: PackedNoise) -> None:
        super().__init__(pack, name, dim, options, noise)
        self.output_norm = PackedLayerNorm(pack, f"{name}.output_norm", dim)

    def forward(self, x: Tensor, layout: Layout, wanted: Places) -> Tensor:
        """Rows (K, R, d) -> wanted rows (K, P, d)."""
        query = self.attention_norm(layout.pick(x, wanted))
        x = self.feed_forward_norm(query + self.attention(query, wanted, x, layout))
        inner = torch.relu(self.inner(x))
        normed: Tensor = self.output_norm(x + self.noise.dropout(self.outer(inner), wanted.index))
        return normed
