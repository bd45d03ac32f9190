"""What every backbone is: a packed sequence encoder, and how it learns from sequences."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from spectran.models.layout import Layout, Places
from spectran.models.tables import gather_rows


@dataclass(frozen=True)
class Examples:
    """A training batch.

    Attributes:
        inputs: item indices, shape (K, B, T), left-padded with N; other indices above N are the backbone's own tokens.
        targets: the item that each position has to find, N where there is nothing to learn; shape (K, B, T).
    """

    inputs: Tensor
    targets: Tensor


class Backbone(nn.Module, ABC):
    """K encoders of item histories. As it stands, one that learns the next item and reads from left to right.

    Attributes:
        blocks: one after the other, from rows (K, R, d) to wanted rows.
    """

    blocks: nn.ModuleList

    def examples(self, sequences: Tensor, n_items: int, *, last_only: bool) -> Examples:
        """Inputs and targets made of users' sequences.

        Args:
            sequences: the last T + 1 items of the train part, shape (K, B, T + 1), left-padded with N.
            n_items: N.
            last_only: learn from the last item only.
        """
        inputs, following = sequences[..., :-1], sequences[..., 1:]
        learned = inputs < n_items
        if last_only:
            learned = learned & (torch.arange(inputs.shape[-1], device=inputs.device) == inputs.shape[-1] - 1)
        return Examples(inputs, following.where(learned, n_items))

    def inputs_of(self, items: Tensor) -> Tensor:
        """Real inputs that `examples` makes of users with so many items, 1 .. T + 1; shape (U,)."""
        return items - 1

    def keep(self, indices: list[int]) -> None:
        """Keep what is not a parameter of the members at these places of the pack."""

    def query(self, histories: Tensor, n_items: int) -> Tensor:
        """The input whose last hidden state finds the next item: (*, T) -> (*, T or more)."""
        return histories

    def embed(self, ids: Tensor, table: Tensor) -> Tensor:
        """Vectors of the inputs: ids (K, R) and the item table (K, N + 1, d) -> (K, R, d)."""
        return gather_rows(table, ids)

    def allowed(self, real: Tensor) -> Tensor:
        """Which positions a position may read: (K, B, T), true where not padding -> (K, B, T, T) of bool."""
        return causal_mask(real)

    @abstractmethod
    def forward(self, x: Tensor, layout: Layout, wanted: Places) -> Tensor:
        """Hidden states, which at t depend on positions that t may read only.

        Args:
            x: input vectors of the places that are computed, shape (K, R, d).
            layout: of the batch, with what `allowed` gives.
            wanted: the places whose hidden states are asked for, part of the computed ones.

        Returns:
            Shape (K, P, d); what stands at padding means nothing.
        """

    @torch.no_grad()
    def states(self, x: Tensor, layout: Layout) -> list[Tensor]:
        """What enters the first block, and what each block gives, its filter over time included.

        Args:
            x: input vectors of the places that are computed, shape (K, R, d).
            layout: of the batch.

        Returns:
            Blocks + 1 tensors of shape (K, R, d); what stands at padding means nothing.
        """
        found: list[Tensor] = []

        def enters(block: nn.Module, inputs: tuple[Tensor, ...]) -> None:
            found.append(inputs[0])

        def leaves(block: nn.Module, inputs: tuple[Tensor, ...], output: Tensor) -> None:
            found.append(output)

        hooks = [self.blocks[0].register_forward_pre_hook(enters)]
        hooks += [block.register_forward_hook(leaves) for block in self.blocks]
        try:
            self(x, layout, layout.rows)
        finally:
            for hook in hooks:
                hook.remove()
        return found


def through(blocks: Sequence[nn.Module], x: Tensor, layout: Layout, wanted: Places) -> Tensor:
    """Block after block: (K, R, d) -> (K, P, d). The last one computes the wanted places only."""
    for block in blocks[:-1]:
        x = block(x, layout, layout.rows)
    last: Tensor = blocks[-1](x, layout, wanted)
    return last


def at_times(vectors: Tensor, layout: Layout) -> Tensor:
    """The vector of each row's time: (K, H, d) of H times, the last T of which the batch has -> (K, R, d).

    A product with zeros and ones, whose gradient is a product too.
    """
    return layout.one_hot_times(layout.rows, vectors.dtype) @ vectors[:, -layout.shape[1] :]


def causal_mask(real: Tensor) -> Tensor:
    """A position reads itself and real positions before it: (K, B, T) -> (K, B, T, T) of bool.

    A padded position reads itself, so that no softmax is over nothing.
    """
    length = real.shape[-1]
    causal = torch.ones(length, length, dtype=torch.bool, device=real.device).tril()
    itself = torch.eye(length, dtype=torch.bool, device=real.device)
    return (real[..., None, :] & causal) | itself
