"""members.safetensors: the final members of a cell as one pack, and who they are; what evaluation and spectra read."""

import json
from dataclasses import asdict
from pathlib import Path

import torch
from pydantic import TypeAdapter, ValidationError
from safetensors import SafetensorError, safe_open
from safetensors.torch import load_file, save_file

from spectran.io import replacing
from spectran.models.members import Member
from spectran.models.recommender import Blueprint, Recommender
from spectran.training.outcome import Outcome

#: Key of the members in the file's metadata. The only one: safetensors writes several in no fixed order.
_KEY = "members"
_MEMBERS = TypeAdapter(tuple[Member, ...])


def save_members(path: Path, outcomes: list[Outcome]) -> None:
    """Write every parameter stacked over members, shape (K, ...), in the order given, and the members' own fields.

    Equal members are equal bytes.
    """
    names = outcomes[0].state
    stacked = {name: torch.stack([outcome.state[name] for outcome in outcomes]) for name in names}
    text = json.dumps([asdict(outcome.member) for outcome in outcomes])
    with replacing(path) as temporary:
        save_file(stacked, temporary, metadata={_KEY: text})


def read_members(path: Path, seeds: tuple[int, ...]) -> tuple[Member, ...]:
    """The K members whose parameters a file holds, in the order in which they are stacked.

    Args:
        path: what `save_members` wrote.
        seeds: what the members should have, in this order.

    Raises:
        ValueError: naming the file, if it does not say who its members are, or they have other seeds.
    """
    expected = f"{path}: members of the seeds {list(seeds)} expected in its metadata"
    try:
        with safe_open(path, framework="pt") as file:
            text = (file.metadata() or {}).get(_KEY)
    except SafetensorError as error:
        raise ValueError(f"{expected}, found no whole safetensors file: {error}") from None
    if text is None:
        raise ValueError(f"{expected}, found none")
    members = _parsed(text)
    if members is None:
        raise ValueError(f"{expected}, found {text!r:.200}")
    found = tuple(member.seed for member in members)
    if found != seeds:
        raise ValueError(f"{expected}, found those of {list(found)}")
    return members


def _parsed(text: str) -> tuple[Member, ...] | None:
    """Members from JSON; None unless every field of each is there, and nothing else."""
    try:
        members = _MEMBERS.validate_json(text)
    except ValidationError:
        return None
    return members if json.loads(text) == [asdict(member) for member in members] else None


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
