"""A number between 0 and 1 of every member, as given or learned from there: strength of a filter, cut-off frequency."""

import math

import torch
from torch import Tensor, nn

from spectran.models.members import Pack, constant


class PackedShare(nn.Module):
    """K shares. A learned one is the sigmoid of a parameter, so that it stays within; weight decay leaves that alone.

    Args:
        pack: the members.
        name: of the parameter.
        start: what it is, or starts from; not 0 or 1 if it is learned.
        learned: one of its own for each member.
    """

    fixed: Tensor

    def __init__(self, pack: Pack, name: str, start: float, *, learned: bool) -> None:
        super().__init__()
        self.register_buffer("fixed", torch.full((1,), start, dtype=pack.dtype), persistent=False)
        # Decay would pull it to one half.
        self.logit = pack.parameter(name, (1,), constant(math.log(start / (1 - start)))) if learned else None

    def values(self) -> Tensor:
        """One for each member, shape (K,), or one for all, shape (1,)."""
        return self.fixed if self.logit is None else self.logit[:, 0].sigmoid()


def learned_shares(model: nn.Module) -> frozenset[str]:
    """Names of the parameters of a model's learned shares."""
    shares = [(name, module) for name, module in model.named_modules() if isinstance(module, PackedShare)]
    return frozenset(f"{name}.logit" for name, share in shares if share.logit is not None)
