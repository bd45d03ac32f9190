"""Packed item tables: gathering rows, the ID table, and how it meets the semantic table."""

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from spectran.config.methods import Fusion
from spectran.models.members import Init, Pack, normal


def gather_rows(table: Tensor, ids: Tensor) -> Tensor:
    """Rows of a packed table: (K, R, d) and ids (K, *) -> (K, *, d)."""
    members, rows, dim = table.shape
    offsets = torch.arange(members, device=ids.device).mul_(rows).view(-1, *[1] * (ids.dim() - 1))
    return nn.functional.embedding(ids + offsets, table.reshape(members * rows, dim))


def with_padding(table: Tensor) -> Tensor:
    """Append the padding row, zeros: (K, N, d) -> (K, N + 1, d)."""
    return nn.functional.pad(table, (0, 0, 0, 1))


class IdTable(nn.Module):
    """The trained ID table E_id of shape (K, N + 1, width); row N is padding, stays zero and gets no gradient.

    Starts at N(0, s^2) with each member's own s (`id_scale`), the same draw for every s.

    Args:
        pack: the members.
        n_items: N.
        width: columns.
        start: rows to start from instead of the draw, shape (N, width), the same for every member.
        scale_start: scale them so that the standard deviation of all entries is s; else they stay as they are.
    """

    def __init__(
        self,
        pack: Pack,
        n_items: int,
        width: int,
        start: NDArray[np.float64] | None = None,
        *,
        scale_start: bool = True,
    ) -> None:
        super().__init__()
        if start is not None and scale_start:
            start = start / (start.std() or 1.0)
        weight = pack.parameter("id_table", (n_items + 1, width), normal(1.0) if start is None else _rows(start))
        with torch.no_grad():
            if start is None or scale_start:
                weight.mul_(pack.column("id_scale", ndim=3))
            weight[:, -1] = 0.0
        self.weight = weight

    def rows(self) -> Tensor:
        """The rows of real items, shape (K, N, width)."""
        return self.weight[:, :-1]


def _rows(start: NDArray[np.float64]) -> Init:
    """These rows, and what comes after them zero."""

    def fill(tensor: Tensor, generator: torch.Generator) -> None:
        tensor.zero_()[: len(start)] = torch.as_tensor(start)

    return fill


def id_width(fusion: Fusion, dim: int) -> int:
    """Columns of the ID table: d when added, the rest of d when concatenated, none with text only."""
    return {"add": dim, "concat": dim - dim // 2, "text_only": 0}[fusion]


def semantic_width(fusion: Fusion, dim: int) -> int:
    """Columns of the semantic table: half of d when concatenated, else d."""
    return dim // 2 if fusion == "concat" else dim


class Fuse(nn.Module):
    """The item table from the semantic table E_s and an ID table (SpecTran eq. 6, which leaves the form open).

    `concat` gives [E_id ; E_s] of two halves, `add` gives E_s + E_id, `text_only` gives E_s.
    """

    def __init__(self, pack: Pack, n_items: int, dim: int, fusion: Fusion) -> None:
        super().__init__()
        width = id_width(fusion, dim)
        self.fusion = fusion
        self.ids = IdTable(pack, n_items, width) if width else None

    def forward(self, semantic: Tensor) -> Tensor:
        """(K, N, semantic width) -> (K, N + 1, d), row N zero."""
        if self.ids is None:
            return with_padding(semantic)
        if self.fusion == "add":
            return with_padding(semantic + self.ids.rows())
        return with_padding(torch.cat([self.ids.rows(), semantic], dim=-1))
