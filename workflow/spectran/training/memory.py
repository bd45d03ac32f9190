"""How many members fit into a GPU's memory: measured, since every method and backbone keeps its own arrays."""

from collections.abc import Callable, Sequence
from dataclasses import replace

import torch

from spectran.config.training import Evaluation, Training
from spectran.models.members import Member
from spectran.models.recommender import Blueprint
from spectran.training.data import TrainingData
from spectran.training.pack import PackRun

#: Users of the trial, as many as validation ranks at a time; a trial of a larger batch takes a batch.
TRIAL_USERS = 1024
#: Share of free memory to plan with; the rest is for the allocator's gaps and for the steps that differ.
USABLE = 0.8


def members_that_fit(free: int, peak: Callable[[int], int]) -> int:
    """How many members to train together; at least one.

    Args:
        free: bytes.
        peak: bytes that training so many members takes at most; it grows by the same for every further member.
    """
    try:
        one, two = peak(1), peak(2)
    except torch.OutOfMemoryError:
        return 1
    return 1 + max(0, int(free * USABLE) - one) // max(1, two - one)


def trial(
    blueprint: Blueprint,
    data: TrainingData,
    training: Training,
    evaluation: Evaluation,
    members: Sequence[Member],
    count: int,
) -> None:
    """Train and validate `count` members for a short epoch that takes as much memory as any.

    Its users are those with the longest train sequences, its dropout and mask ratio the largest of `members`.
    """
    users = max(training.batch, TRIAL_USERS)
    longest = (data.sequences < data.n_items).sum(dim=1).argsort(descending=True, stable=True)[:users]
    some = replace(
        data,
        sequences=data.sequences[longest],
        seen=data.seen[longest],
        known=data.known[:users],
        validation=data.validation[:users],
    )
    largest = {name: max(getattr(member, name) for member in members) for name in ("dropout", "mask_ratio")}
    PackRun(blueprint, (replace(members[0], **largest),) * count, some, training, evaluation).advance()


def gpu_peak(device: torch.device, work: Callable[[], None]) -> int:
    """Bytes that `work` allocates on a GPU at most, beyond what was allocated before it."""
    torch.cuda.empty_cache()
    torch.cuda.reset_peak_memory_stats(device)
    before = torch.cuda.memory_allocated(device)
    work()
    peak = torch.cuda.max_memory_allocated(device) - before
    torch.cuda.empty_cache()
    return peak
