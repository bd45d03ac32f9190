"""Scaled dot-product attention of one head, as SASRec and BERT4Rec use it."""

import math

import torch
from torch import Tensor, nn


class Attention(nn.Module):
    """Attention with dropout of its weights.

    Args:
        dim: d.
        dropout: rate.
    """

    def __init__(self, dim: int, dropout: float) -> None:
        super().__init__()
        self.query, self.key, self.value = (nn.Linear(dim, dim) for _ in range(3))
        self.output = nn.Linear(dim, dim)
        self.dropout = nn.Dropout(dropout)

    def forward(self, query: Tensor, x: Tensor, allowed: Tensor) -> Tensor:
        """Queries and what they read, (B, T, d) both, allowed (B, T, T) -> (B, T, d)."""
        scores = self.query(query) @ self.key(x).transpose(1, 2) / math.sqrt(x.shape[-1])
        weights = self.dropout(scores.masked_fill(~allowed, -torch.inf).softmax(dim=-1))
        attended: Tensor = self.output(weights @ self.value(x))
        return attended


def itself(length: int, device: torch.device) -> Tensor:
    """A position reads itself, so that no softmax of padding is over nothing; (T, T) of bool."""
    return torch.eye(length, dtype=torch.bool, device=device)
