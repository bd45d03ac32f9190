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
        final: outcome of the chosen point for every seed, in the study's order.
    """

    searched: list[Outcome]
    final: list[Outcome]

    def trials(self) -> pd.DataFrame:
        """One row a member and epoch of search and final training."""
        phases = [("search", self.searched), ("final", self.final)]
        return pd.DataFrame(
            [
                {"phase": phase, "member": index, **asdict(outcome.member), **row}
                for phase, outcomes in phases
                for index, outcome in enumerate(outcomes)
                for row in outcome.rows
            ]
        )

    def choice(self) -> dict[str, Any]:
        """The chosen hyper-parameters and what they were chosen by."""
        member = self.final[0].member
        chosen = {key: value for key, value in asdict(member).items() if key != "seed"}
        best = max(outcome.best for outcome in self.searched or self.final)
        return chosen | {
            "trials": max(1, len(self.searched)),
            f"validation_{SELECTION}": best,
            "best_epoch": {str(outcome.member.seed): outcome.best_epoch for outcome in self.final},
            "epochs": {str(outcome.member.seed): len(outcome.rows) for outcome in self.final},
        }

    def cost(self) -> dict[str, float | int]:
        """Seconds of the final members; inference is one full ranking of all users by one member."""
        epochs = sum(len(outcome.rows) for outcome in self.final)
        return {
            "training_seconds": sum(outcome.training_seconds for outcome in self.final),
            "inference_seconds": sum(outcome.validation_seconds for outcome in self.final) / epochs,
            "member_epochs": epochs,
        }


def train_cell(schedule: Schedule, tuning: Tuning, seeds: tuple[int, ...]) -> Trained:
    """Search, choose, and train the chosen point with every seed; a final member that was searched is taken over."""
    grid = search_members(tuning, schedule.training, schedule.blueprint.method, schedule.blueprint.backbone)
    if len(grid) == 1:
        return Trained(searched=[], final=list(schedule.train(final_members(grid[0], seeds)).values()))
    searched = schedule.train(grid)
    chosen = choose({member: outcome.best for member, outcome in searched.items()})
    _log.info("%s: chose %s out of %d points", schedule.label, _point(chosen), len(grid))
    final = schedule.train(final_members(chosen, seeds))
    return Trained(searched=list(searched.values()), final=list(final.values()))


def write_cell(folder: Path, trained: Trained, schedule: Schedule) -> None:
    """Write trials.parquet, choice.json, members.safetensors and cost.json."""
    write_parquet(folder / "trials.parquet", trained.trials())
    write_json(folder / "choice.json", trained.choice())
    save_members(folder / "members.safetensors", trained.final)
    write_json(folder / "cost.json", trained.cost() | _machine(schedule, [o.member for o in trained.final]))


def _machine(schedule: Schedule, members: Iterable[Member]) -> dict[str, Any]:
    device = schedule.data.sequences.device
    on_gpu = device.type == "cuda"
    kilobytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return {
        "trainable_parameters": schedule.blueprint.build(tuple(members)[:1]).parameters_per_member(),
        "peak_memory_mb": torch.cuda.max_memory_allocated(device) / 2**20 if on_gpu else kilobytes / 2**10,
        "device": torch.cuda.get_device_name(device) if on_gpu else "cpu",
        "threads": torch.get_num_threads(),
        "pack": schedule.compute.pack,
    }


def _point(member: Member) -> str:
    return ", ".join(f"{key} {value:g}" for key, value in asdict(member).items() if key != "seed")
