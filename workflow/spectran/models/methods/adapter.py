"""What adapter methods share: a trained map of frozen text vectors, fused with an ID table."""

from abc import abstractmethod

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from spectran.config.methods import FusedOptions
from spectran.models.members import Pack
from spectran.models.methods.method import ItemMethod
from spectran.models.tables import Fuse, semantic_width


class AdapterMethod(ItemMethod):
    """K adapters. A subclass maps `text` in `semantic_table`.

    Attributes:
        text: what is mapped, frozen and the same for every member, shape (N, columns).
        width: columns of the semantic table.
    """

    text: Tensor

    def __init__(self, options: FusedOptions, pack: Pack, text: NDArray[np.float64], dim: int) -> None:
        super().__init__(len(pack))
        self.register_buffer("text", torch.tensor(text, dtype=pack.dtype), persistent=False)
        self.width = semantic_width(options.fusion, dim)
        self.fuse = Fuse(pack, len(text), dim, options.fusion)

    @abstractmethod
    def semantic_table(self) -> Tensor:
        """E_s, shape (K, N, d / 2) when concatenated, else (K, N, d)."""

    def item_table(self) -> Tensor:
        """The fused table, shape (K, N + 1, d)."""
        table: Tensor = self.fuse(self.semantic_table())
        return table

    def rows(self) -> Tensor:
        """The text for every member, shape (K, N, columns)."""
        return self.text.expand(self.members, -1, -1)
