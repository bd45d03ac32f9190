"""Places of padded sequences that all read each other: who reads a row follows from what the rows read."""

from dataclasses import dataclass

import torch
from torch import Tensor

from spectran.models.layout import Layout, Places
from spectran.models.sparse import Pattern, weighted_sums


def reading_pattern(layout: Layout, wanted: Places, heads: int) -> Pattern:
    """Each wanted place and head reads the T places of its own sequence, of the same head.

    For a place that is not computed, row 0 stands there; its weight has to be zero.

    Returns:
        P * heads readers and R * heads rows of each member.
    """
    near = layout.near(wanted)[:, :, None] * heads + torch.arange(heads)[:, None]
    pattern = Pattern.packed(near.flatten(1, 2), layout.rows.count * heads)
    return Mutual(pattern.index, pattern.rows, layout, heads) if wanted is layout.rows else pattern


@dataclass(frozen=True)
class Mutual(Pattern):
    """All places that are computed read their sequences: a row is read by the rows that it reads.

    Attributes:
        layout: of the batch.
        heads: of each place.
    """

    layout: Layout
    heads: int

    def sums_by_row(self, weights: Tensor, readers: Tensor) -> Tensor:
        """As of any pattern, without sorting it: weights change places on the grid."""
        rows = self.layout.rows
        grid = self.layout.grid(weights.reshape(len(rows.index), rows.count, -1), rows).unflatten(-1, (self.heads, -1))
        turned = rows.collect(grid.transpose(2, 4).flatten(3).flatten(1, 2))
        return weighted_sums(turned.view_as(weights), readers, self.index)
