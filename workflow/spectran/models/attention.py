"""Packed scaled dot-product attention with heads (Vaswani et al. 2017), as SASRec, BERT4Rec and LLM-ESR use it."""

import math

import torch
from torch import Tensor, nn

from spectran.models.layers import PackedLinear
from spectran.models.layout import Layout, Places
from spectran.models.members import Init, Pack
from spectran.models.noise import PackedNoise
from spectran.models.reading import read
from spectran.models.unprojected import few_ask, read_unprojected


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
        self.temperature = math.sqrt(dim / heads)
        self.noise = noise
        self.query, self.key, self.value = map(linear, ("query", "key", "value"))
        self.output = linear("output") if project else nn.Identity()

    def forward(self, query: Tensor, wanted: Places, x: Tensor, layout: Layout) -> Tensor:
        """What wanted places read of all rows.

        Args:
            query: rows that ask, shape (K, P, d).
            wanted: their places.
            x: rows of all places that are computed, shape (K, R, d).
            layout: of the batch.

        Returns:
            Shape (K, P, d).
        """

        def weigh(scores: Tensor) -> Tensor:
            weights = scores.masked_fill(~allowed, -torch.inf).softmax(dim=-1)
            return weights if self.noise is None else self.noise.dropout(weights, wanted.of_heads(self.heads))

        allowed = layout.readable(wanted)
        q = self.query(query) / self.temperature
        if few_ask(layout, wanted, self.heads):
            mixed = read_unprojected(q, x, self.key, self.value, self.heads, layout, wanted, weigh)
        else:
            mixed = read(q, self.key(x), self.value(x), self.heads, layout, wanted, weigh)
        attended: Tensor = self.output(mixed)
        return attended
