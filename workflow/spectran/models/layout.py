"""Which places of a batch of padded sequences are computed: padding takes no work.

A batch is a grid of B x T places, numbered b T + t. What acts on every place by itself (linear maps, norms, dropout)
works on rows, one a real place; attention looks from row to row through the grid (`reading.py`). Members of a pack
have different padding: all have as many rows as the one with most, the others' last rows being places that nothing
reads.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import torch
from torch import Tensor


@dataclass(frozen=True)
class Places:
    """Chosen places of a grid.

    Attributes:
        index: their numbers, different ones for each member, shape (K, R).
        flat: the same as numbers in all members' grids one after the other, shape (K * R,).
        size: places of a grid.
    """

    index: Tensor
    flat: Tensor
    size: int

    @classmethod
    def of(cls, index: Tensor, size: int) -> "Places":
        """From numbers of shape (K, R), R at most `size`."""
        first = torch.arange(len(index), device=index.device)[:, None] * size
        return cls(index, (index + first).flatten(), size)

    @property
    def count(self) -> int:
        """R."""
        return self.index.shape[1]

    def spread(self, rows: Tensor) -> Tensor:
        """Rows at their places, zeros elsewhere: (K, R, w) -> (K, size, w)."""
        members, _, width = rows.shape
        grid: Tensor = _Spread.apply(rows.reshape(-1, width), self.flat, members * self.size)  # type: ignore[no-untyped-call]
        return grid.view(members, self.size, width)

    def collect(self, grid: Tensor) -> Tensor:
        """What stands at the places: (K, size, w) -> (K, R, w)."""
        members, _, width = grid.shape
        rows: Tensor = _Collect.apply(grid.reshape(-1, width), self.flat)  # type: ignore[no-untyped-call]
        return rows.view(members, -1, width)

    def of_heads(self, heads: int) -> Tensor:
        """A number for each place and head: (K, R * heads)."""
        return (self.index[..., None] * heads + torch.arange(heads, device=self.index.device)).flatten(1)

    def values(self, grid: Tensor) -> Tensor:
        """Numbers at the places: (K, size) -> (K, R)."""
        return grid.gather(1, self.index)


@dataclass(frozen=True)
class Layout:
    """The places of a batch that are computed, and what may be read from where.

    Attributes:
        real: places that are not padding, shape (K, B, T) of bool.
        rows: the places that are computed.
        allowed: which place a place may read, shape (K, B, T, T) of bool.
        dense: whether sequences are read by dense products on the grid, as a GPU wants it, padding or not.
    """

    real: Tensor
    rows: Places
    allowed: Tensor
    dense: bool

    @property
    def shape(self) -> tuple[int, int]:
        """B and T."""
        return self.real.shape[1], self.real.shape[2]

    def grid(self, rows: Tensor, places: Places) -> Tensor:
        """Rows at their places of the batch: (K, R, w) -> (K, B, T, w), zeros elsewhere."""
        grid: Tensor = places.spread(rows).unflatten(1, self.shape)
        return grid

    def pick(self, rows: Tensor, places: Places) -> Tensor:
        """The rows of some of the places that are computed: (K, R, w) -> (K, P, w)."""
        if places is self.rows:
            return rows
        return Places.of(self.row_of.gather(1, places.index), self.rows.count).collect(rows)

    @cached_property
    def row_of(self) -> Tensor:
        """The row of each place, 0 for one that is not computed: (K, B * T)."""
        numbers = torch.arange(self.rows.count, device=self.rows.index.device).expand(len(self.rows.index), -1)
        rows: Tensor = numbers.new_zeros(len(numbers), self.rows.size).scatter_(1, self.rows.index, numbers)
        return rows

    def near(self, places: Places) -> Tensor:
        """The rows of the T places of each place's sequence: (K, P, T)."""
        users = places.index.div(self.shape[1], rounding_mode="floor")
        rows: Tensor = self.row_of.unflatten(1, self.shape).gather(1, users[..., None].expand(-1, -1, self.shape[1]))
        return rows

    def readable(self, places: Places) -> Tensor:
        """Which of the T places of its sequence each place may read, for any head: (K, P, 1, T) of bool."""
        index = places.index[..., None].expand(-1, -1, self.shape[1])
        return self.allowed.flatten(1, 2).gather(1, index)[:, :, None]

    def one_hot_times(self, places: Places, dtype: torch.dtype) -> Tensor:
        """Where in its sequence each place is, as zeros and a one: (K, P, T)."""
        times = torch.arange(self.shape[1], device=places.index.device)
        return ((places.index % self.shape[1])[..., None] == times).to(dtype)


def real_first(*masks: Tensor, count: int | None = None) -> Tensor:
    """Numbers of places, those of the first mask before those of the second and so on, otherwise in their order.

    Args:
        masks: each (K, size) of bool, and part of the one after it.
        count: how many places; the largest number of the first mask's in a member when left out, which a GPU has to be
            waited for. One at least, so that nothing is empty.

    Returns:
        Shape (K, count).
    """
    if count is None:
        count = int(masks[0].sum(dim=1).max())
    rank = torch.stack([mask.to(torch.uint8) for mask in masks]).sum(dim=0, dtype=torch.uint8)
    return rank.argsort(dim=1, descending=True, stable=True)[:, : max(1, count)]


class _Spread(torch.autograd.Function):
    """Rows to different places of zeros. The gradient only moves back, which autograd's own would not know."""

    @staticmethod
    def forward(ctx: Any, rows: Tensor, places: Tensor, size: int) -> Tensor:
        ctx.save_for_backward(places)
        return rows.new_zeros(size, rows.shape[1]).index_copy_(0, places, rows)

    @staticmethod
    def backward(ctx: Any, gradient: Tensor) -> tuple[Tensor, None, None]:
        (places,) = ctx.saved_tensors
        return gradient.index_select(0, places), None, None


class _Collect(torch.autograd.Function):
    """The inverse: rows at different places."""

    @staticmethod
    def forward(ctx: Any, grid: Tensor, places: Tensor) -> Tensor:
        ctx.save_for_backward(places)
        ctx.size = len(grid)
        return grid.index_select(0, places)

    @staticmethod
    def backward(ctx: Any, gradient: Tensor) -> tuple[Tensor, None]:
        (places,) = ctx.saved_tensors
        grid = gradient.new_zeros(ctx.size, gradient.shape[1])
        return grid.index_copy_(0, places, gradient), None
