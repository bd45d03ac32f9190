"""The randomness inside a model while it trains: dropout, noise of gates, masked positions."""

from collections import Counter
from collections.abc import Sequence

import torch
from torch import Tensor, nn

from spectran.models.members import Pack
from spectran.models.randomness import BITS, draw, key_of, standard_normal


class PackedNoise(nn.Module):
    """Random numbers of its own for every member; one object serves a whole model.

    A number is a function of seed, purpose, epoch and the number of the call in the epoch.
    """

    def __init__(self, pack: Pack) -> None:
        super().__init__()
        self.members = list(pack.members)
        self.epoch = 0
        self.calls: Counter[str] = Counter()

    def begin_epoch(self, epoch: int) -> None:
        """Count calls from the start of this epoch; nothing of earlier epochs is needed."""
        self.epoch = epoch
        self.calls.clear()

    def keep(self, indices: list[int]) -> None:
        """Keep the members at these places of the pack."""
        self.members = [self.members[k] for k in indices]

    def dropout(self, x: Tensor, rate: float | None = None) -> Tensor:
        """Zero entries of x[k] and scale up the rest; nothing in evaluation.

        Args:
            x: shape (K, ...).
            rate: the same for all members; each member's own dropout rate when left out.
        """
        chosen = [member.dropout if rate is None else rate for member in self.members]
        if not self.training:
            return x
        if not any(chosen):
            self.calls["dropout"] += 1  # a later call has its number whatever the rates of the others in the pack
            return x
        column = (-1, *[1] * (x.dim() - 1))
        rates = torch.tensor(chosen, dtype=torch.float64, device=x.device)
        thresholds = (rates * 2**BITS).round().to(torch.int32).view(column)
        scale = (1 / (1 - rates)).to(x.dtype).view(column)
        return x * torch.mul(self.integers("dropout", x.shape[1:], x.device) >= thresholds, scale)

    def normal(self, purpose: str, shape: Sequence[int], like: Tensor) -> Tensor:
        """Standard normal numbers of shape (K, *shape), of the type and on the device of `like`."""
        return standard_normal(self.integers(purpose, shape, like.device)).to(like.dtype)

    def integers(self, purpose: str, shape: Sequence[int], device: torch.device) -> Tensor:
        """Uniform integers in 0 .. 2^31 - 1, shape (K, *shape), other ones at every call."""
        self.calls[purpose] += 1
        keys = [key_of(member.seed, purpose, self.epoch, self.calls[purpose]) for member in self.members]
        return draw(keys, shape, device)
