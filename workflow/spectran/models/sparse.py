"""Products with few rows of a table each, without copying rows: what a sparse matrix needs, forward and backward.

A processor's cache makes this several times faster than gathering rows or scoring all of them. CPU only: on a GPU,
dense products win.
"""

import warnings
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

import torch
from torch import Tensor
from torch.nn import functional

#: Lengths are at least this, as in torch's own normalisation.
LEAST = 1e-12


class Readers(NamedTuple):
    """A pattern by columns: entries in order of the row they read.

    Attributes:
        order: numbers of the entries.
        readers: which reader each belongs to.
        starts: where each row's entries begin, shape (R,).
    """

    order: Tensor
    readers: Tensor
    starts: Tensor


@dataclass(frozen=True)
class Pattern:
    """Which C rows of a table each of M readers reads; a row may come twice.

    Attributes:
        index: shape (M, C).
        rows: R.
    """

    index: Tensor
    rows: int

    @classmethod
    def packed(cls, index: Tensor, rows: int) -> "Pattern":
        """Of K tables of R rows one after the other, from each member's own numbers (K, M, C)."""
        first = torch.arange(len(index), device=index.device).mul_(rows).view(-1, 1, 1)
        return cls((index + first).flatten(0, 1), len(index) * rows)

    @cached_property
    def readers(self) -> Readers:
        """The same by columns."""
        entries = self.index.flatten()
        # Sorting small numbers is three times as fast.
        order = entries.to(torch.int16 if self.rows < 2**15 else torch.int32).argsort(stable=True)
        counts = torch.bincount(entries, minlength=self.rows)
        readers = order.div(self.index.shape[1], rounding_mode="floor")
        return Readers(order, readers, counts.cumsum(0) - counts)

    def sums_by_row(self, weights: Tensor, readers: Tensor) -> Tensor:
        """For each row the readers that read it, weighted: (M, C) and (M, w) -> (R, w)."""
        order, index, starts = self.readers
        return functional.embedding_bag(index, readers, starts, mode="sum", per_sample_weights=weights.flatten()[order])


def sampled_products(readers: Tensor, table: Tensor, pattern: Pattern) -> Tensor:
    """Products of each reader with the rows that it reads: (K, M, w) and (K, R, w) -> (K, M, C)."""
    products: Tensor = _SampledProducts.apply(readers.flatten(0, 1), table.flatten(0, 1), pattern)  # type: ignore[no-untyped-call]
    return products.view(*readers.shape[:2], -1)


def sampled_cosines(readers: Tensor, table: Tensor, pattern: Pattern) -> Tensor:
    """The same, each divided by the length of the row: (K, M, w) of unit length and (K, R, w) -> (K, M, C).

    A length is asked for once, not once for each reader, and its gradient is added where the table's is made.
    """
    cosines: Tensor = _SampledCosines.apply(readers.flatten(0, 1), table.flatten(0, 1), pattern)  # type: ignore[no-untyped-call]
    return cosines.view(*readers.shape[:2], -1)


def weighted_rows(weights: Tensor, table: Tensor, pattern: Pattern) -> Tensor:
    """Sums of the rows that each reader reads, weighted: (K, M, C) and (K, R, w) -> (K, M, w)."""
    sums: Tensor = _WeightedRows.apply(weights.flatten(0, 1), table.flatten(0, 1), pattern)  # type: ignore[no-untyped-call]
    return sums.view(*weights.shape[:2], -1)


class _SampledProducts(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, readers: Tensor, table: Tensor, pattern: Pattern) -> Tensor:
        ctx.save_for_backward(readers, table)
        ctx.pattern = pattern
        return _products(readers, table, pattern)

    @staticmethod
    def backward(ctx: Any, gradient: Tensor) -> tuple[Tensor | None, Tensor | None, None]:
        readers, table = ctx.saved_tensors
        for_readers, for_table = ctx.needs_input_grad[:2]
        return (
            weighted_sums(gradient, table, ctx.pattern.index) if for_readers else None,
            ctx.pattern.sums_by_row(gradient, readers) if for_table else None,
            None,
        )


class _SampledCosines(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, readers: Tensor, table: Tensor, pattern: Pattern) -> Tensor:
        lengths = torch.linalg.vector_norm(table, dim=-1).clamp_(min=LEAST)
        cosines = _products(readers, table, pattern).div_(lengths[pattern.index])
        ctx.save_for_backward(readers, table, lengths, cosines)
        ctx.pattern = pattern
        return cosines

    @staticmethod
    def backward(ctx: Any, gradient: Tensor) -> tuple[Tensor | None, Tensor | None, None]:
        readers, table, lengths, cosines = ctx.saved_tensors
        for_readers, for_table = ctx.needs_input_grad[:2]
        of_products = gradient / lengths[ctx.pattern.index]
        of_readers = weighted_sums(of_products, table, ctx.pattern.index) if for_readers else None
        if not for_table:
            return of_readers, None, None
        # d cos / d row = reader / length - cos row / length^2
        of_table = ctx.pattern.sums_by_row(of_products, readers)
        along = torch.zeros_like(lengths).index_add_(0, ctx.pattern.index.flatten(), (of_products * cosines).flatten())
        return of_readers, of_table.addcmul_(table, (along / lengths)[:, None], value=-1), None


class _WeightedRows(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, weights: Tensor, table: Tensor, pattern: Pattern) -> Tensor:
        ctx.save_for_backward(weights, table)
        ctx.pattern = pattern
        return weighted_sums(weights, table, pattern.index)

    @staticmethod
    def backward(ctx: Any, gradient: Tensor) -> tuple[Tensor | None, Tensor | None, None]:
        weights, table = ctx.saved_tensors
        gradient = gradient.contiguous()
        for_weights, for_table = ctx.needs_input_grad[:2]
        return (
            _products(gradient, table, ctx.pattern) if for_weights else None,
            ctx.pattern.sums_by_row(weights, gradient) if for_table else None,
            None,
        )


def _products(readers: Tensor, table: Tensor, pattern: Pattern) -> Tensor:
    """(M, w) and (R, w) -> (M, C)."""
    count, width = pattern.index.shape
    if width > pattern.rows:  # torch refuses more entries than a dense matrix has
        return (readers @ table.T).gather(1, pattern.index)
    ends = torch.arange(0, count * width + 1, width)
    zeros = readers.new_zeros(count * width)
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Sparse CSR tensor support is in beta state")
        entries = torch.sparse_csr_tensor(
            ends, pattern.index.flatten(), zeros, (count, pattern.rows), check_invariants=False
        )
    products: Tensor = torch.sparse.sampled_addmm(entries, readers, table.T, beta=0.0).values().view(count, width)
    return products


def weighted_sums(weights: Tensor, table: Tensor, index: Tensor) -> Tensor:
    """(M, C), (R, w) and (M, C) -> (M, w)."""
    return functional.embedding_bag(index, table, mode="sum", per_sample_weights=weights.contiguous())
