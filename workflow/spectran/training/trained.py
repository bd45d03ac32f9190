"""A trained cell, read back: its final members as one model."""

from pathlib import Path

import torch

from spectran.config.cells import CellSettings
from spectran.data.sequences import Sequences
from spectran.models.members import Member
from spectran.models.recommender import Recommender
from spectran.training.inputs import TrainingInputs
from spectran.training.members_file import load_members, read_members


def load_trained(
    settings: CellSettings,
    inputs: TrainingInputs,
    train: Sequences,
    *,
    members: Path,
    device: torch.device,
) -> tuple[Recommender, tuple[Member, ...]]:
    """The trained model in evaluation mode, and its members.

    Args:
        settings: what the cell's numbers depend on.
        inputs: the files that the cell was trained with.
        train: the train part.
        members: members.safetensors.
        device: where the model lives.

    Raises:
        ValueError: naming the file, if its members are not those of the study's seeds, or do not fit the configured
            model.
    """
    pack = read_members(members, settings.seeds)
    return load_members(members, inputs.blueprint(settings, train), pack, device), pack
