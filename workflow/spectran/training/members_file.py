"""members.safetensors: the final members of a cell as one pack, what evaluation and spectra read."""

from pathlib import Path

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file

from spectran.io import replacing
from spectran.models.members import Member
from spectran.models.recommender import Blueprint, Recommender
from spectran.training.outcome import Outcome


def save_members(path: Path, outcomes: list[Outcome]) -> None:
    """Write every parameter stacked over members, shape (K, ...), in the order given."""
    names = outcomes[0].state
    stacked = {name: torch.stack([outcome.state[name] for outcome in outcomes]) for name in names}
    with replacing(path) as temporary:
        save_file(stacked, temporary)


def load_members(path: Path, blueprint: Blueprint, members: tuple[Member, ...], device: torch.device) -> Recommender:
    """Build the model and give it the stored parameters, in evaluation mode.

    Raises:
        ValueError: if names or shapes are not the model's, as after a change of options.
    """
    model = blueprint.build(members)
    try:
        model.load_state_dict(load_file(path))
    except (RuntimeError, SafetensorError) as error:
        raise ValueError(f"{path}: does not fit the configured model: {error}") from None
    return model.to(device).eval()
