"""What every method is: a packed source of item vectors."""

from abc import ABC, abstractmethod

from torch import Tensor, nn


class ItemMethod(nn.Module, ABC):
    """K item tables of one method. A subclass gives `item_table`, and `semantic_table` if it reads text.

    Attributes:
        members: K; falls as members leave the pack.
    """

    def __init__(self, members: int) -> None:
        super().__init__()
        self.members = members

    def semantic_table(self) -> Tensor | None:
        """E_s before fusion with IDs, shape (K, N, width), or None for a method without text."""
        return None

    @abstractmethod
    def item_table(self) -> Tensor:
        """What the backbone reads and ranks with, shape (K, N + 1, d); row N is padding, zero."""

    def undecayed(self) -> frozenset[str]:
        """Names of the method's parameters that weight decay leaves alone."""
        return frozenset()

    def after_step(self) -> None:
        """Project parameters back into their domain after an optimiser step."""
