"""What the three reference backbones share: where inputs and targets come from."""

from abc import ABC, abstractmethod

import torch
from torch import Tensor, nn
from torch.nn import functional

from benchmarks.reference.attention import itself


class Encoder(nn.Module, ABC):
    """One encoder of item histories. As it stands, one that learns the next item and reads from left to right."""

    def examples(self, sequences: Tensor, n_items: int) -> tuple[Tensor, Tensor]:
        """Inputs and targets of (B, T + 1) items, left-padded with N; N where there is no target."""
        inputs, following = sequences[:, :-1], sequences[:, 1:]
        return inputs, following.where(inputs < n_items, n_items)

    def query(self, histories: Tensor, n_items: int) -> Tensor:
        """The input whose last hidden state finds the next item."""
        return histories

    def embed(self, inputs: Tensor, table: Tensor) -> Tensor:
        """Item vectors of (B, T) inputs from the table (N + 1, d): (B, T, d)."""
        return functional.embedding(inputs, table, padding_idx=len(table) - 1)

    def allowed(self, real: Tensor) -> Tensor:
        """Which positions a position may read: (B, T) -> (B, T, T)."""
        length = real.shape[1]
        causal = torch.ones(length, length, dtype=torch.bool, device=real.device).tril()
        return (real[:, None] & causal) | itself(length, real.device)

    @abstractmethod
    def forward(self, x: Tensor, real: Tensor) -> Tensor:
        """Vectors of the inputs (B, T, d), and which are not padding (B, T) -> hidden states (B, T, d)."""
