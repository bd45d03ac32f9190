"""A trained cell, read back: its final members as one model."""

from pathlib import Path

import torch

from spectran.config.cells import CellSettings
from spectran.config.training import POINT
from spectran.data.sequences import Sequences
from spectran.io import read_json
from spectran.models.members import Member
from spectran.models.recommender import Recommender
from spectran.training.inputs import TrainingInputs
from spectran.training.members_file import load_members


def chosen_members(settings: CellSettings, choice: Path) -> tuple[Member, ...]:
    """The chosen point with every seed of the study, from choice.json."""
    chosen = read_json(choice)
    return tuple(Member(seed, **{name: chosen[name] for name in POINT}) for seed in settings.seeds)


def load_trained(
    settings: CellSettings,
    inputs: TrainingInputs,
    train: Sequences,
    *,
    members: Path,
    choice: Path,
    device: torch.device,
) -> tuple[Recommender, tuple[Member, ...]]:
    """The trained model in evaluation mode, and its members.

    Args:
        settings: what the cell's numbers depend on.
        inputs: the files that the cell was trained with.
        train: the train part.
        members: members.safetensors.
        choice: choice.json.
        device: where the model lives.

    Raises:
        ValueError: naming the file, if it does not fit the configured model.
    """
    pack = chosen_members(settings, choice)
    return load_members(members, inputs.blueprint(settings, train), pack, device), pack
