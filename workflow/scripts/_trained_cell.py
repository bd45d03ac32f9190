"""What scripts that look at a trained cell start from: its final members as one model, and their inputs."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch

from scripts._cell_job import compute_of
from spectran.config.cells import CellSettings
from spectran.data.sequences import Sequences, read_train
from spectran.device import prepare
from spectran.models.members import Member
from spectran.models.recommender import Recommender
from spectran.training.inputs import TrainingInputs
from spectran.training.trained import load_trained


@dataclass(frozen=True)
class TrainedCell:
    """A trained cell, read back.

    Attributes:
        settings: what its numbers depend on.
        inputs: the files that it was trained with.
        train: the train part.
        device: where the model lives.
        model: its final members, in evaluation mode.
        members: who they are.
    """

    settings: CellSettings
    inputs: TrainingInputs
    train: Sequences
    device: torch.device
    model: Recommender
    members: tuple[Member, ...]


def trained_cell(snakemake: Any) -> TrainedCell:
    """The cell whose members.safetensors is an input of the job, beside what it was trained on."""
    settings = CellSettings.model_validate(snakemake.params.settings)
    inputs = TrainingInputs.of(dict(snakemake.input.items()), settings)
    device = prepare(compute_of(snakemake))
    train = read_train(inputs.train)
    members_file = Path(snakemake.input.members)
    model, members = load_trained(settings, inputs, train, members=members_file, device=device)
    return TrainedCell(settings, inputs, train, device, model, members)
