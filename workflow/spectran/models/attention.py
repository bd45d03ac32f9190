"""Packed scaled dot-product attention with heads (Vaswani et al. 2017), as SASRec, BERT4Rec and LLM-ESR use it."""

import math

import torch
from torch import Tensor, nn

from spectran.models.layers import PackedLinear
from spectran.models.members import Init, Pack
from spectran.models.noise import PackedNoise


class PackedAttention(nn.Module):
    """K attentions.

    Args:
        pack: the members.
        name: prefix of the parameters' names.
        dim: d, a multiple of `heads`.
        heads: heads of d / heads columns each.
        init: of the matrices.
        noise: the pack's random numbers in training, for dropout of the weights; None for no dropout.
        bias: whether queries, keys and values have a bias; the output has one.
        project: whether a matrix mixes the heads' columns at the end; else they are the output.
    """

    def __init__(
        self,
        pack: Pack,
        name: str,
        dim: int,
        heads: int,
        init: Init,
        noise: PackedNoise | None,
        *,
        bias: bool = True,
        project: bool = True,
    ) -> None:
        super().__init__()

        def linear(part: str) -> PackedLinear:
            return PackedLinear(pack, f"{name}.{part}", dim, dim, init, bias=bias or part == "output")

        self.heads = heads
        self.noise = noise
        self.query, self.key, self.value = map(linear, ("query", "key", "value"))
        self.output = linear("output") if project else nn.Identity()

    def forward(self, query: Tensor, x: Tensor, allowed: Tensor) -> Tensor:
        """Queries and what they read, (K, B, T, d) both, allowed (K, B, T, T) -> (K, B, T, d)."""
        q, k, v = (split_heads(part, self.heads) for part in (self.query(query), self.key(x), self.value(x)))
        scores = q @ k.transpose(-1, -2) / math.sqrt(q.shape[-1])
        weights = scores.masked_fill(~allowed[:, :, None], -torch.inf).softmax(dim=-1)
        if self.noise is not None:
            weights = self.noise.dropout(weights)
        mixed = weights @ v
        attended: Tensor = self.output(mixed.transpose(2, 3).flatten(3))
        return attended


def split_heads(x: Tensor, heads: int) -> Tensor:
    """(K, B, T, d) -> (K, B, heads, T, d / heads)."""
    parts: Tensor = x.unflatten(-1, (heads, -1)).transpose(2, 3)
    return parts
