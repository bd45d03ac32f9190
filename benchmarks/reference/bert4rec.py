"""BERT4Rec (Sun et al. 2019), the study's form: see spectran.models.backbones.bert4rec for its sources."""

import torch
from torch import Tensor, nn
from torch.nn import functional

from benchmarks.reference.attention import Attention, itself
from benchmarks.reference.encoder import Encoder

EPS = 1e-12


class BERT4Rec(Encoder):
    """A two-way transformer that fills in masked items; index N + 1 is the [MASK]."""

    def __init__(
        self,
        dim: int,
        history: int,
        dropout: float,
        blocks: int = 2,
        mask_ratio: float = 0.2,
        last_item_ratio: float = 0.5,
    ) -> None:
        super().__init__()
        self.mask = nn.Parameter(0.02 * torch.randn(dim))
        self.positions = nn.Embedding(history + 1, dim)
        self.norm = nn.LayerNorm(dim, eps=EPS)
        self.blocks = nn.ModuleList(Block(dim, dropout) for _ in range(blocks))
        self.transform = Transform(dim)
        self.dropout = nn.Dropout(dropout)
        self.mask_ratio, self.last_item_ratio = mask_ratio, last_item_ratio

    def examples(self, sequences: Tensor, n_items: int) -> tuple[Tensor, Tensor]:
        """Items with some masked, which are the targets; of half of the users the last one alone."""
        real = sequences < n_items
        last = torch.arange(sequences.shape[1]) == sequences.shape[1] - 1
        masked = real & (torch.rand(sequences.shape) < self.mask_ratio)
        one = functional.one_hot((torch.rand(sequences.shape) * real).argmax(dim=1), sequences.shape[1]).bool()
        masked = masked.where(masked.any(dim=1, keepdim=True), one)
        masked = last.where(torch.rand(len(sequences), 1) < self.last_item_ratio, masked) & real[:, -2:-1]
        return sequences.masked_fill(masked, n_items + 1), sequences.where(masked, n_items)

    def query(self, histories: Tensor, n_items: int) -> Tensor:
        """The history and a [MASK]."""
        return functional.pad(histories, (0, 1), value=n_items + 1)

    def embed(self, inputs: Tensor, table: Tensor) -> Tensor:
        """Item vectors, and the [MASK] vector at the index N + 1."""
        padding = len(table) - 1
        vectors = super().embed(inputs.clamp(max=padding), table)
        return torch.where((inputs > padding)[..., None], self.mask, vectors)

    def allowed(self, real: Tensor) -> Tensor:
        """All real positions."""
        return real[:, None] | itself(real.shape[1], real.device)

    def forward(self, x: Tensor, real: Tensor) -> Tensor:
        """See `Encoder.forward`."""
        allowed = self.allowed(real)
        x = self.dropout(self.norm(x + self.positions.weight))
        for block in self.blocks:
            x = block(x, allowed)
        hidden: Tensor = self.transform(x)
        return hidden


class Block(nn.Module):
    """Self-attention and a feed-forward net, each followed by a residual and a LayerNorm."""

    def __init__(self, dim: int, dropout: float) -> None:
        super().__init__()
        self.attention = Attention(dim, dropout)
        self.attention_norm = nn.LayerNorm(dim, eps=EPS)
        self.inner, self.outer = nn.Linear(dim, 4 * dim), nn.Linear(4 * dim, dim)
        self.feed_forward_norm = nn.LayerNorm(dim, eps=EPS)
        self.dropout = nn.Dropout(dropout)

    def forward(self, x: Tensor, allowed: Tensor) -> Tensor:
        """(B, T, d), allowed (B, T, T) -> (B, T, d)."""
        x = self.attention_norm(x + self.dropout(self.attention(x, x, allowed)))
        normed: Tensor = self.feed_forward_norm(x + self.dropout(self.outer(functional.gelu(self.inner(x)))))
        return normed


class Transform(nn.Module):
    """Dense, GELU, LayerNorm: from hidden states to what meets the item vectors."""

    def __init__(self, dim: int) -> None:
        super().__init__()
        self.dense = nn.Linear(dim, dim)
        self.norm = nn.LayerNorm(dim, eps=EPS)

    def forward(self, x: Tensor) -> Tensor:
        """(B, T, d) -> (B, T, d)."""
        normed: Tensor = self.norm(functional.gelu(self.dense(x)))
        return normed
