"""SASRec (Kang and McAuley 2018, arXiv 1808.09781), packed.

The older form of pmixer/SASRec.pytorch: LayerNorm on the query only (Q = LN(x), keys and values are x), the residual
starts from the query, x = LN(x) before the feed-forward net, whose inner width is d; a last LayerNorm. With two blocks
and d = 128 on Toys it has 1,705,728 parameters, what SpecTran's Table 5 prints as 1.70M; AlphaFuse's one-block form is
excluded by that number. Differences: padding is also masked as a key, positions are counted from the left end of the
window, there is no sqrt(d) factor unless asked for, and every matrix of Q, K, V has its own Xavier draw.
"""

import math

import torch
from torch import Tensor, nn

from spectran.config.backbones import SASRec
from spectran.models.layers import PackedDropout, PackedLayerNorm, PackedLinear
from spectran.models.members import Pack, normal, xavier_normal
from spectran.models.tables import gather_rows


class SASRecBackbone(nn.Module):
    """K causal transformers over item histories."""

    def __init__(self, options: SASRec, pack: Pack, dim: int, history: int, dropout: PackedDropout) -> None:
        super().__init__()
        init = xavier_normal if options.init == "xavier_normal" else normal(0.02)
        self.positions = pack.parameter("positions", (history, dim), init)
        self.blocks = nn.ModuleList(Block(pack, f"blocks.{i}", dim, options, dropout) for i in range(options.blocks))
        self.norm = PackedLayerNorm(pack, "norm", dim)
        self.dropout = dropout
        self.input_scale = math.sqrt(dim) if options.scale_input else 1.0

    def forward(self, ids: Tensor, table: Tensor) -> Tensor:
        """Hidden states; the one at t depends on items up to t only.

        Args:
            ids: item indices, shape (K, B, T), left-padded with N.
            table: item table, shape (K, N + 1, d).

        Returns:
            Shape (K, B, T, d); zero-input positions are meaningless.
        """
        real = ids != table.shape[1] - 1
        mask = real[..., None].to(table.dtype)
        x = gather_rows(table, ids) * self.input_scale + self.positions[:, None, -ids.shape[-1] :]
        x = self.dropout(x) * mask
        allowed = attention_mask(real)
        for block in self.blocks:
            x = block(x, allowed) * mask
        hidden: Tensor = self.norm(x)
        return hidden


class Block(nn.Module):
    """Self-attention and a feed-forward net, each behind a LayerNorm."""

    def __init__(self, pack: Pack, name: str, dim: int, options: SASRec, dropout: PackedDropout) -> None:
        super().__init__()
        init = xavier_normal if options.init == "xavier_normal" else normal(0.02)

        def linear(part: str) -> PackedLinear:
            return PackedLinear(pack, f"{name}.{part}", dim, dim, init)

        self.heads = options.heads
        self.dropout = dropout
        self.attention_norm = PackedLayerNorm(pack, f"{name}.attention_norm", dim)
        self.query, self.key, self.value, self.output = map(linear, ("query", "key", "value", "output"))
        self.feed_forward_norm = PackedLayerNorm(pack, f"{name}.feed_forward_norm", dim)
        self.inner, self.outer = map(linear, ("inner", "outer"))

    def forward(self, x: Tensor, allowed: Tensor) -> Tensor:
        """(K, B, T, d), allowed (K, B, T, T) -> (K, B, T, d)."""
        query = self.attention_norm(x)
        x = query + self._attend(query, x, allowed)
        x = self.feed_forward_norm(x)
        return torch.add(x, self.dropout(self.outer(torch.relu(self.dropout(self.inner(x))))))

    def _attend(self, query: Tensor, x: Tensor, allowed: Tensor) -> Tensor:
        q, k, v = (self._split(part) for part in (self.query(query), self.key(x), self.value(x)))
        scores = q @ k.transpose(-1, -2) / math.sqrt(q.shape[-1])
        weights = scores.masked_fill(~allowed[:, :, None], -torch.inf).softmax(dim=-1)
        mixed = self.dropout(weights) @ v
        attended: Tensor = self.output(mixed.transpose(2, 3).flatten(3))
        return attended

    def _split(self, x: Tensor) -> Tensor:
        """(K, B, T, d) -> (K, B, heads, T, d / heads)."""
        return x.view(*x.shape[:-1], self.heads, -1).transpose(2, 3)


def attention_mask(real: Tensor) -> Tensor:
    """Which keys a query may read: itself, and real items before it. (K, B, T) -> (K, B, T, T) of bool.

    A padded query reads itself, so that no softmax is over nothing.
    """
    length = real.shape[-1]
    causal = torch.ones(length, length, dtype=torch.bool, device=real.device).tril()
    itself = torch.eye(length, dtype=torch.bool, device=real.device)
    return (real[..., None, :] & causal) | itself
