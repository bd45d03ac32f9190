"""SASRec (Kang and McAuley 2018), the study's form: see spectran.models.backbones.sasrec for its sources."""

from torch import Tensor, nn

from benchmarks.reference.attention import Attention
from benchmarks.reference.encoder import Encoder


class SASRec(Encoder):
    """A causal transformer."""

    def __init__(self, dim: int, history: int, dropout: float, blocks: int = 2) -> None:
        super().__init__()
        self.positions = nn.Embedding(history, dim)
        self.blocks = nn.ModuleList(Block(dim, dropout) for _ in range(blocks))
        self.norm = nn.LayerNorm(dim, eps=1e-8)
        self.dropout = nn.Dropout(dropout)

    def forward(self, x: Tensor, real: Tensor) -> Tensor:
        """See `Encoder.forward`."""
        allowed, mask = self.allowed(real), real[..., None]
        x = self.dropout(x + self.positions.weight) * mask
        for block in self.blocks:
            x = block(x, allowed) * mask
        hidden: Tensor = self.norm(x)
        return hidden


class Block(nn.Module):
    """Self-attention and a feed-forward net, each behind a LayerNorm."""

    def __init__(self, dim: int, dropout: float) -> None:
        super().__init__()
        self.attention_norm = nn.LayerNorm(dim, eps=1e-8)
        self.attention = Attention(dim, dropout)
        self.feed_forward_norm = nn.LayerNorm(dim, eps=1e-8)
        self.inner, self.outer = nn.Linear(dim, dim), nn.Linear(dim, dim)
        self.dropout = nn.Dropout(dropout)

    def forward(self, x: Tensor, allowed: Tensor) -> Tensor:
        """(B, T, d), allowed (B, T, T) -> (B, T, d)."""
        query = self.attention_norm(x)
        x = self.feed_forward_norm(query + self.attention(query, x, allowed))
        inner = self.dropout(self.inner(x)).relu()
        out: Tensor = x + self.dropout(self.outer(inner))
        return out
