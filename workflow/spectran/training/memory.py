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
from spectran.models.recommender import Blueprint
from spectran.training.data import TrainingData
from spectran.training.epoch import order_of
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
    def measured(cls, peak: Callable[[int], int], wanted: int) -> "Need | None":
        """From the peak of one member, and where more are wanted from those of one again and of two.

        Again, since the first also finds what a cell finds once, LLM-ESR's similar users, which packs then have.

        Returns:
            None where memory ran out meanwhile.
        """
        try:
            first = peak(1)
            one, two = (peak(1), peak(2)) if wanted > 1 else (first, 2 * first)
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
        usable = int(free * USABLE)
        return 1 + (usable - self.one) // self.further if usable >= self.one else 0


class PackLimit:
    """The largest pack of a cell: as memory is predicted before the cell's first pack, and as it then proves to be.

    Attributes:
        predicted: bytes that the first pack is predicted to take; None before, and where memory ran out in the trial.
    """

    def __init__(self) -> None:
        self.predicted: int | None = None
        self._members: int | None = None
        self._asked = False

    def of(self, wanted: int, measure: Callable[[int], tuple[int, Need | None]], label: str) -> int:
        """Members to train together; one is tried whatever is predicted.

        Args:
            wanted: at most so many, at least one.
            measure: free bytes, and what training takes, of packs of at most so many. Asked before the first pack, and
                again before the first of several if that was one member.
            label: name in log lines.
        """
        if self._members is None and (wanted > 1 or not self._asked):
            free, need = measure(wanted)
            size = max(1, _fitting(wanted, free, need, label))
            if need and not self._asked:
                self.predicted = need.of(size)
            if wanted > 1:
                self._members = size
            self._asked = True
        return min(wanted, self._members or 1)

    def halve(self, members: int) -> int:
        """The limit after memory ran out while so many were trained together."""
        self._members = max(1, members // 2)
        return self._members


def _fitting(wanted: int, free: int, need: Need | None, label: str) -> int:
    """How many fit, at most those wanted; says what is predicted."""
    if need is None:
        tried = "one and two members" if wanted > 1 else "one member"
        _log.warning("%s: memory ran out in a trial of %s; %.0f MB were free; trying one", label, tried, _mb(free))
        return 0
    fit = min(wanted, need.members(free))
    asked = wanted if fit else 1
    who = f"{asked} together are" if asked > 1 else "one member is"
    words = "%s: %s predicted to take %.0f MB, %.0f MB are free"
    numbers = label, who, _mb(need.of(asked)), _mb(free)
    if fit == wanted:
        _log.info(words, *numbers)
    elif fit:
        _log.warning(f"{words}: pack cut to %d, %.0f MB", *numbers, fit, _mb(need.of(fit)))
    else:
        _log.warning(f"{words}; trying one", *numbers)
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

    It learns from the first epoch's heaviest batch of `members[0]` and validates the heaviest part, with the largest
    dropout and mask ratio of `members`. Everyone else is there too, for what a method computes of all users.
    """
    order = order_of(members[0], 1, data)
    learning = _heaviest(data.items, order.split(training.batch)).repeat(1 + WARM_UP if graphs else 1)
    known = (data.known < data.n_items).sum(dim=1).cpu()
    validating = _heaviest(known, torch.arange(len(known)).split(ENCODED))
    some = replace(data, known=data.known[validating], validation=data.validation[validating])
    largest = {name: max(getattr(member, name) for member in members) for name in ("dropout", "mask_ratio")}
    pack = (replace(members[0], **largest),) * count
    PackRun(blueprint, pack, some, training, evaluation, graphs=graphs).advance(learning)


def _heaviest(lengths: Tensor, parts: Sequence[Tensor]) -> Tensor:
    """The users of the part with the most real items."""
    return max(parts, key=lambda users: int(lengths[users].sum()))
