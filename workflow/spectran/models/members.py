"""Members and packs: K models of one cell with a leading axis K, each with its own randomness."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from spectran.models.randomness import stream

Init = Callable[[Tensor, torch.Generator], None]


@dataclass(frozen=True)
class Member:
    """One model being trained: its root seed and its point of the tuning grid."""

    seed: int
    weight_decay: float
    dropout: float
    id_scale: float
    learning_rate: float
    mask_ratio: float = 0.0
    """Share of masked positions; 0 for a backbone that learns from the next item."""


@dataclass(frozen=True)
class Pack:
    """The members that a model is built for.

    Attributes:
        members: K members; parameters have the leading axis K in this order.
        dtype: of parameters and arithmetic.
        products: what the factors of large products are rounded to, sums staying what they are; None rounds nothing.
    """

    members: tuple[Member, ...]
    dtype: torch.dtype = torch.float32
    products: torch.dtype | None = None

    def __len__(self) -> int:
        return len(self.members)

    def parameter(self, name: str, shape: Sequence[int], init: Init) -> nn.Parameter:
        """A packed parameter of shape (K, *shape), each member's part drawn from its own stream called `name`.

        Drawn on the CPU, whatever the device, so that a GPU starts from the same values.
        """
        parts = []
        for member in self.members:
            part = torch.empty(*shape, dtype=self.dtype)
            init(part, stream(member.seed, "init", name))
            parts.append(part)
        return nn.Parameter(torch.stack(parts))

    def column(self, field: str, ndim: int = 1) -> Tensor:
        """One hyper-parameter of all members, shape (K, 1, ..., 1) with `ndim` axes."""
        values = [getattr(member, field) for member in self.members]
        return torch.tensor(values, dtype=self.dtype).reshape(-1, *[1] * (ndim - 1))


def normal(std: float) -> Init:
    """N(0, std^2)."""

    def fill(tensor: Tensor, generator: torch.Generator) -> None:
        nn.init.normal_(tensor, std=std, generator=generator)

    return fill


def truncated_normal(std: float) -> Init:
    """N(0, std^2) of which nothing lies beyond two standard deviations."""

    def fill(tensor: Tensor, generator: torch.Generator) -> None:
        nn.init.trunc_normal_(tensor, std=std, a=-2 * std, b=2 * std, generator=generator)

    return fill


def constant(value: float) -> Init:
    """The same value everywhere."""

    def fill(tensor: Tensor, generator: torch.Generator) -> None:
        nn.init.constant_(tensor, value)

    return fill


def xavier_normal(tensor: Tensor, generator: torch.Generator) -> None:
    """Glorot and Bengio 2010, normal form, for a matrix of shape (in, out)."""
    nn.init.xavier_normal_(tensor, generator=generator)


def xavier_uniform(tensor: Tensor, generator: torch.Generator) -> None:
    """Glorot and Bengio 2010, uniform form, for a matrix of shape (in, out)."""
    nn.init.xavier_uniform_(tensor, generator=generator)
