"""A frozen language model that reads vectors in the place of words, block by block."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any

import torch
from torch import Tensor, nn

from spectran.models.layout import Layout


@dataclass(frozen=True)
class Call:
    """A block's turn in a forward pass, and what the model hands to it beside the hidden states.

    Attributes:
        number: of the block, from 0.
        block: as transformers built it.
        args: more arguments.
        kwargs: and by name.
    """

    number: int
    block: nn.Module
    args: tuple[Any, ...]
    kwargs: dict[str, Any]

    def __call__(self, hidden: Tensor) -> Tensor:
        """What the block makes of hidden states: (K, R, d) -> (K, R, d)."""
        output: Tensor = plainly(self.block, hidden, *self.args, **self.kwargs)
        return output


#: Does what a block does, or more: (K, R, d) -> (K, R, d).
Turn = Callable[[Call, Tensor], Tensor]


@dataclass(frozen=True)
class Frozen:
    """A language model without head and words, shared by all that is built in a process.

    It is no module of those that use it: their parameters are packed, kept and stored, this has none that are trained.

    Attributes:
        model: of transformers, with our attention.
        blocks: its blocks, in order.
        first_position: position of a sequence's first item.
        longest: the longest sequence that it reads.
    """

    model: Any
    blocks: nn.ModuleList
    first_position: int
    longest: int

    @property
    def dtype(self) -> torch.dtype:
        """Arithmetic."""
        dtype: torch.dtype = self.model.dtype
        return dtype

    def read(self, x: Tensor, layout: Layout, turn: Turn) -> Tensor:
        """Final hidden states, after the model's last norm if it has one.

        Args:
            x: input vectors of the places that are computed, shape (K, R, d).
            layout: of the batch.
            turn: stands for every block.

        Returns:
            Shape (K, R, d), in x's type.
        """
        if self.model.device != x.device:
            self.model.to(x.device)
        # A real place reads itself and the real ones before it; what stands at padding means nothing.
        positions = layout.readable(layout.rows)[:, :, 0].sum(dim=-1) - 1 + self.first_position
        with self._taken_over(turn):
            output = self.model(inputs_embeds=x.to(self.dtype), position_ids=positions, layout=layout)
        hidden: Tensor = output.last_hidden_state.to(x.dtype)
        return hidden

    @contextmanager
    def _taken_over(self, turn: Turn) -> Iterator[None]:
        """While it lasts, `turn` stands for every block; an object's own `forward` goes before its class's."""
        for number, block in enumerate(self.blocks):
            block.forward = partial(_take, turn, number, block)
        try:
            yield
        finally:
            for block in self.blocks:
                del block.forward


def _take(turn: Turn, number: int, block: nn.Module, hidden_states: Tensor, *args: Any, **kwargs: Any) -> Tensor:
    return turn(Call(number, block, args, kwargs), hidden_states)


def plainly(block: nn.Module, *args: Any, **kwargs: Any) -> Any:
    """What the block's class does, whatever stands for it."""
    return type(block).forward(block, *args, **kwargs)
