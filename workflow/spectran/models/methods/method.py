"""What every method is: a packed source of item vectors."""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Protocol

from torch import Tensor, nn

from spectran.models.layout import Layout


class UserEncoder(Protocol):
    """The part of a recommender that an auxiliary loss may use."""

    @property
    def method(self) -> "ItemMethod":
        """What gives its item table."""

    def user_vectors(self, histories: Tensor, table: Tensor) -> Tensor:
        """Item indices (K, B, T), left-padded with N, and the item table (K, N + 1, d) -> (K, B, d)."""


@dataclass(frozen=True)
class Step:
    """What an auxiliary loss of a training step is made from.

    Attributes:
        model: encodes users.
        table: the step's item table, shape (K, N + 1, d).
        users: the step's users, shape (K, B).
        histories: the end of every user's train part, shape (U, T), left-padded with N.
    """

    model: UserEncoder
    table: Tensor
    users: Tensor
    histories: Tensor


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

    def in_context(self, x: Tensor, layout: Layout) -> Tensor:
        """Input vectors as the backbone gets them, for a method that lets a sequence's items act on each other.

        Args:
            x: vectors of the inputs that are computed, shape (K, R, d).
            layout: where they are, and which of them each may read.
        """
        return x

    def unfiltered(self) -> "ItemMethod":
        """The method itself, without what a filter of its item table adds."""
        return self

    def keep(self, members: int) -> None:
        """Go on with so many members, whose parameters have been kept."""
        self.members = members

    def begin_epoch(self, model: UserEncoder, histories: Tensor, batch: int) -> None:
        """Do what an epoch's steps have in common.

        Args:
            model: encodes users.
            histories: the end of every user's train part, shape (U, T), left-padded with N.
            batch: users at a time.
        """

    def auxiliary_loss(self, step: Step) -> Tensor | None:
        """What is added to each member's InfoNCE in a training step, shape (K,); None for nothing."""
        return None

    def undecayed(self) -> frozenset[str]:
        """Names of the method's parameters that weight decay leaves alone."""
        return frozenset()

    def after_step(self) -> None:
        """Project parameters back into their domain after an optimiser step."""
