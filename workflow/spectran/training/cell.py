"""A cell's training: search the grid, choose by validation, train the choice with every seed, write the results."""

import logging
import resource
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import pandas as pd
import torch

from spectran.config.training import Tuning
from spectran.divergence import DivergedError
from spectran.io import write_json, write_parquet
from spectran.models.members import Member
from spectran.training.members_file import save_members
from spectran.training.outcome import Outcome
from spectran.training.pack import SELECTION
from spectran.training.plan import choose, final_members, search_members
from spectran.training.schedule import Schedule

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Trained:
    """A trained cell.

    Attributes:
        searched: outcome of every point of the grid, in the grid's order; none where there is one point only.
        final: outcome of the chosen point for every seed, in the study's order; none where every trial diverged.
    """

    searched: list[Outcome]
    final: list[Outcome]

    def trials(self) -> pd.DataFrame:
        """One row a member and epoch of search and final training; `diverged` in the last row of a member that did."""
        phases = [("search", self.searched), ("final", self.final)]
        return pd.DataFrame(
            [
                {"phase": phase, "member": index, **asdict(outcome.member), **row}
                | {"diverged": outcome.diverged and row is outcome.rows[-1]}
                for phase, outcomes in phases
                for index, outcome in enumerate(outcomes)
                for row in outcome.rows
            ]
        )

    def check(self) -> None:
        """See that there is a result.

        Raises:
            DivergedError: naming point, seeds and epochs, if every trial of the search or a final member diverged.
        """
        lost = [outcome for outcome in self.final or self.searched if outcome.diverged]
        if not lost:
            return
        times = [f"seed {outcome.member.seed} in epoch {len(outcome.rows)}" for outcome in lost]
        point = _point(lost[0].member)
        if self.final:
            raise DivergedError(f"loss or scores not finite: {', '.join(times)}, with {point}")
        raise DivergedError(f"all {len(lost)} trials diverged, the first, {times[0]}, with {point}")

    def choice(self) -> dict[str, Any]:
        """The chosen hyper-parameters and what they were chosen by."""
        member = self.final[0].member
        chosen = {key: value for key, value in asdict(member).items() if key != "seed"}
        best = max(outcome.best for outcome in self.searched or self.final if not outcome.diverged)
        return chosen | {
            "trials": max(1, len(self.searched)),
            "diverged_trials": sum(outcome.diverged for outcome in self.searched),
            f"validation_{SELECTION}": best,
            "best_epoch": {str(outcome.member.seed): outcome.best_epoch for outcome in self.final},
            "epochs": {str(outcome.member.seed): len(outcome.rows) for outcome in self.final},
        }

    def cost(self) -> dict[str, float | int]:
        """Seconds of the final members; inference is one full ranking of validation by one member."""
        epochs = sum(len(outcome.rows) for outcome in self.final)
        return {
            "training_seconds": sum(outcome.training_seconds for outcome in self.final),
            "inference_seconds": sum(outcome.validation_seconds for outcome in self.final) / epochs,
            "member_epochs": epochs,
        }


def train_cell(schedule: Schedule, tuning: Tuning, seeds: tuple[int, ...]) -> Trained:
    """Search, choose, and train the chosen point with every seed; a final member that was searched is taken over.

    A trial that diverged is never chosen; where all of them did, there are no final members (see `Trained.check`).
    """
    grid = search_members(tuning, schedule.training, schedule.blueprint.method, schedule.blueprint.backbone)
    if len(grid) == 1:
        return Trained(searched=[], final=list(schedule.train(final_members(grid[0], seeds)).values()))
    searched = schedule.train(grid)
    sound = {member: outcome.best for member, outcome in searched.items() if not outcome.diverged}
    if not sound:
        return Trained(searched=list(searched.values()), final=[])
    chosen = choose(sound)
    _log.info("%s: chose %s out of %d points", schedule.label, _point(chosen), len(grid))
    final = schedule.train(final_members(chosen, seeds))
    return Trained(searched=list(searched.values()), final=list(final.values()))


def write_cell(folder: Path, trained: Trained, schedule: Schedule) -> None:
    """Write trials.parquet, members.safetensors and training.json: what was chosen by what, and what it cost.

    In `cost` `peak_memory_mb` is of the whole process on a CPU (its resident set), on a GPU of torch's allocations;
    `predicted_memory_mb` is what the first pack was predicted to take beyond what was held before it, null where memory
    ran out in the trial or nothing was left to train.

    Raises:
        DivergedError: after trials.parquet is written, if there is no result; see `Trained.check`.
    """
    write_parquet(folder / "trials.parquet", trained.trials())
    trained.check()
    save_members(folder / "members.safetensors", trained.final)
    cost = trained.cost() | _machine(schedule, [outcome.member for outcome in trained.final])
    write_json(folder / "training.json", {"choice": trained.choice(), "cost": cost})


def _machine(schedule: Schedule, members: Iterable[Member]) -> dict[str, Any]:
    device = schedule.data.sequences.device
    on_gpu = device.type == "cuda"
    kilobytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    predicted = schedule.limit.predicted
    return {
        "trainable_parameters": schedule.blueprint.build(tuple(members)[:1]).parameters_per_member(),
        "peak_memory_mb": torch.cuda.max_memory_allocated(device) / 2**20 if on_gpu else kilobytes / 2**10,
        "predicted_memory_mb": None if predicted is None else predicted / 2**20,
        "device": torch.cuda.get_device_name(device) if on_gpu else "cpu",
        "threads": torch.get_num_threads(),
        "pack": schedule.compute.pack,
    }


def _point(member: Member) -> str:
    return ", ".join(f"{key} {value:g}" for key, value in asdict(member).items() if key != "seed")
