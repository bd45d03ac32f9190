"""How many members fit into memory: measured, since every method and backbone keeps its own arrays."""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import torch
from torch import Tensor

from spectran.config.training import Evaluation, Training
from spectran.evaluation.ranking import ENCODED
from spectran.exhaustion import out_of_memory
from spectran.models.members import Member
from spectran.models.randomness import stream
from spectran.models.recommender import Blueprint
from spectran.training.data import TrainingData
from spectran.training.graph import WARM_UP
from spectran.training.pack import PackRun

#: Share of free memory to plan with; the rest is for the allocator's gaps and for what differs from the trial.
USABLE = 0.8

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Need:
    """Bytes that training takes at most.

    Attributes:
        one: of one member.
        further: of each further member of its pack.
    """

    one: int
    further: int

    @classmethod
    def measured(cls, peak: Callable[[int], int]) -> "Need | None":
        """From the peaks of one member and of two; None where memory ran out while they were measured."""
        try:
            one, two = peak(1), peak(2)
        except (MemoryError, RuntimeError) as error:
            if not out_of_memory(error):
                raise
            return None
        return cls(one, max(1, two - one))

    def of(self, members: int) -> int:
        """Of a pack of so many."""
        return self.one + (members - 1) * self.further

    def members(self, free: int) -> int:
        """How many fit into so many bytes; 0 where not even one does."""
        return max(0, 1 + (int(free * USABLE) - self.one) // self.further) if free * USABLE >= self.one else 0


class PackLimit:
    """The largest pack of a cell: as memory is predicted before the cell's first pack, and as it then proves to be."""

    def __init__(self) -> None:
        self._members: int | None = None

    def of(self, wanted: int, measure: Callable[[], tuple[int, Need | None]], label: str) -> int:
        """Members to train together.

        Args:
            wanted: at most so many, at least one. One is tried in any case, so nothing is measured for it.
            measure: free bytes, and what training takes; asked once.
            label: name in log lines.
        """
        if wanted > 1 and self._members is None:
            self._members = max(1, _predicted(wanted, *measure(), label))
        return min(wanted, self._members or 1)

    def halve(self, members: int) -> int:
        """The limit after memory ran out while so many were trained together."""
        self._members = max(1, members // 2)
        return self._members


def _predicted(wanted: int, free: int, need: Need | None, label: str) -> int:
    if need is None:
        _log.warning("%s: memory ran out in a trial of one and two members; %.0f MB were free", label, _mb(free))
        return 1
    fit = need.members(free)
    words = "%s: %d together are predicted to take %.0f MB, %.0f MB are free"
    numbers = label, wanted, _mb(need.of(wanted)), _mb(free)
    if fit >= wanted:
        _log.info(words, *numbers)
    elif fit:
        _log.warning(f"{words}: pack cut to %d, %.0f MB", *numbers, fit, _mb(need.of(fit)))
    else:
        _log.warning(
            "%s: one member is predicted to take %.0f MB, %.0f MB are free; trying one", label, _mb(need.one), _mb(free)
        )
    return fit


def _mb(size: int) -> float:
    return size / 2**20


def trial(
    blueprint: Blueprint,
    data: TrainingData,
    training: Training,
    evaluation: Evaluation,
    members: Sequence[Member],
    count: int,
    *,
    graphs: bool = False,
) -> None:
    """Train `count` members for a step, or as many as a CUDA graph takes, and validate, which takes as much as any.

    Its users are the first epoch's heaviest batch of `members[0]` and the heaviest part of validation, its dropout and
    mask ratio the largest of `members`. What a method keeps or computes of all users is not in it, such as LLM-ESR's
    teachers; it is left to the reserve.
    """
    order = torch.randperm(len(data.items), generator=stream(members[0].seed, "order", 1))
    learning = _heaviest(data.items, order.split(training.batch)).repeat(1 + WARM_UP if graphs else 1)
    known = (data.known < data.n_items).sum(dim=1).cpu()
    validating = _heaviest(known, torch.arange(len(known)).split(ENCODED))
    some = replace(
        data,
        sequences=data.sequences[learning],
        seen=data.seen[learning],
        items=data.items[learning],
        known=data.known[validating],
        validation=data.validation[validating],
    )
    largest = {name: max(getattr(member, name) for member in members) for name in ("dropout", "mask_ratio")}
    pack = (replace(members[0], **largest),) * count
    PackRun(blueprint, pack, some, training, evaluation, graphs=graphs).advance()


def _heaviest(lengths: Tensor, parts: Sequence[Tensor]) -> Tensor:
    """The users of the part with the most real items."""
    return max(parts, key=lambda users: int(lengths[users].sum()))
