"""BERT4Rec (Sun et al. 2019, arXiv 1904.06690), packed.

The form of RecBole's bert4rec.py: x = LN(item + position), blocks of two-way attention and a feed-forward net of inner
width 4d with exact GELU, each followed by LN(residual + dropout), then dense, GELU, LN. Learned by masking items and at
test time asked for a [MASK] after the history.

Differences: the loss is the study's InfoNCE at the masked positions; there is no item bias, a score that no item vector
explains; one dropout rate serves hidden states and attention; inputs have T + 1 positions, so that a test history loses
no item to the [MASK] (RecBole drops the oldest); the [MASK] vector is the backbone's own, not a row of the item table;
padding is no key. FeiSun/BERT4Rec, the authors' code, has GELU's tanh form, truncated initial values, two dropout rates
and ten copies of every user.
"""

import torch
from torch import Tensor, nn

from spectran.config.backbones import BERT4Rec
from spectran.models.attention import PackedAttention
from spectran.models.backbones.backbone import Backbone, Examples, at_times, through
from spectran.models.layers import PackedLayerNorm, PackedLinear
from spectran.models.layout import Layout, Places
from spectran.models.members import Pack, normal
from spectran.models.noise import PackedNoise
from spectran.models.randomness import BITS, below
from spectran.models.tables import gather_rows

#: Every weight matrix and position starts at N(0, 0.02^2).
INIT = normal(0.02)
EPS = 1e-12


class BERT4RecBackbone(Backbone):
    """K two-way transformers over item histories. Index N + 1 is the [MASK]."""

    mask_limit: Tensor
    last_limit: Tensor

    def __init__(self, options: BERT4Rec, pack: Pack, dim: int, history: int, noise: PackedNoise) -> None:
        super().__init__()
        self.mask = pack.parameter("mask", (dim,), normal(options.mask_scale))
        self.positions = pack.parameter("positions", (history + 1, dim), INIT)
        self.norm = PackedLayerNorm(pack, "norm", dim, EPS)
        self.blocks = nn.ModuleList(
            Block(pack, f"blocks.{i}", dim, options.heads, noise) for i in range(options.blocks)
        )
        self.transform = Transform(pack, "transform", dim) if options.output_transform else nn.Identity()
        ratios = pack.column("mask_ratio").double()
        self.register_buffer("mask_limit", ratios * 2**BITS, persistent=False)
        self.register_buffer("last_limit", torch.full_like(ratios, options.last_item_ratio * 2**BITS), persistent=False)
        self.noise = noise

    def examples(self, sequences: Tensor, n_items: int, *, last_only: bool) -> Examples:
        """Each user's items with some masked, which are the targets; of a user with one item nothing is learned.

        Every item is masked with the member's mask ratio, at least one a user; for `last_item_ratio` of the users it is
        the last item alone instead, for all of them if `last_only`.

        Args:
            sequences: see `Backbone.examples`; all T + 1 items are read.
            n_items: N.
            last_only: mask the last item only.
        """
        real = sequences < n_items
        last = torch.arange(real.shape[-1], device=real.device) == real.shape[-1] - 1
        masked = last if last_only else self._masked(real, last)
        masked = masked & real[..., -2:-1]
        return Examples(sequences.masked_fill(masked, n_items + 1), sequences.where(masked, n_items))

    def inputs_of(self, items: Tensor) -> Tensor:
        """All of them, masked or not."""
        return items

    def keep(self, indices: list[int]) -> None:
        """Keep the mask ratios of the members at these places of the pack."""
        self.mask_limit, self.last_limit = self.mask_limit[indices].clone(), self.last_limit[indices].clone()

    def query(self, histories: Tensor, n_items: int) -> Tensor:
        """The history and a [MASK]: (*, T) -> (*, T + 1)."""
        return nn.functional.pad(histories, (0, 1), value=n_items + 1)

    def embed(self, ids: Tensor, table: Tensor) -> Tensor:
        """Item vectors, and the [MASK] vector at the index N + 1; see `Backbone.embed`."""
        padding = table.shape[1] - 1
        vectors = gather_rows(table, ids.clamp(max=padding))
        return torch.where((ids > padding)[..., None], self.mask[:, None], vectors)

    def allowed(self, real: Tensor) -> Tensor:
        """All real positions; a padded one also reads itself, so that no softmax is over nothing."""
        itself = torch.eye(real.shape[-1], dtype=torch.bool, device=real.device)
        return real[..., None, :] | itself

    def forward(self, x: Tensor, layout: Layout, wanted: Places) -> Tensor:
        """See `Backbone.forward`."""
        x = self.noise.dropout(self.norm(x + at_times(self.positions, layout)), layout.rows.index)
        hidden: Tensor = self.transform(through(list(self.blocks), x, layout, wanted))
        return hidden

    def _masked(self, real: Tensor, last: Tensor) -> Tensor:
        """Which positions are masked: (K, B, T + 1) of bool."""
        users, length = real.shape[1:]
        numbers = self.noise.integers((users, length + 2), real.device)
        of_items, of_one, of_last = numbers.split([length, 1, 1], dim=-1)
        masked = real & (of_items < self.mask_limit.view(-1, 1, 1))
        from_the_end = below(of_one, real.sum(dim=-1, keepdim=True))
        one = torch.arange(length, device=real.device) == length - 1 - from_the_end
        masked = masked.where(masked.any(dim=-1, keepdim=True), one)
        only_last = of_last < self.last_limit.view(-1, 1, 1)
        chosen: Tensor = last.where(only_last, masked)
        return chosen


class Block(nn.Module):
    """Self-attention and a feed-forward net, each followed by a residual and a LayerNorm (post-norm, as in BERT)."""

    def __init__(self, pack: Pack, name: str, dim: int, heads: int, noise: PackedNoise) -> None:
        super().__init__()
        self.noise = noise
        self.attention = PackedAttention(pack, name, dim, heads, INIT, noise)
        self.attention_norm = PackedLayerNorm(pack, f"{name}.attention_norm", dim, EPS)
        self.inner = PackedLinear(pack, f"{name}.inner", dim, 4 * dim, INIT)
        self.outer = PackedLinear(pack, f"{name}.outer", 4 * dim, dim, INIT)
        self.feed_forward_norm = PackedLayerNorm(pack, f"{name}.feed_forward_norm", dim, EPS)

    def forward(self, x: Tensor, layout: Layout, wanted: Places) -> Tensor:
        """Rows (K, R, d) -> wanted rows (K, P, d)."""
        query = layout.pick(x, wanted)
        read = self.attention(query, wanted, x, layout)
        x = self.attention_norm(query + self.noise.dropout(read, wanted.index))
        inner = nn.functional.gelu(self.inner(x))
        normed: Tensor = self.feed_forward_norm(x + self.noise.dropout(self.outer(inner), wanted.index))
        return normed


class Transform(nn.Module):
    """Dense, GELU, LayerNorm: from hidden states to what meets the item vectors."""

    def __init__(self, pack: Pack, name: str, dim: int) -> None:
        super().__init__()
        self.dense = PackedLinear(pack, f"{name}.dense", dim, dim, INIT)
        self.norm = PackedLayerNorm(pack, f"{name}.norm", dim, EPS)

    def forward(self, x: Tensor) -> Tensor:
        """(K, *, d) -> (K, *, d)."""
        normed: Tensor = self.norm(nn.functional.gelu(self.dense(x)))
        return normed
