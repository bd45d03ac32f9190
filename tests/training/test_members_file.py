"""One file is enough to load a trained cell: it says who its members are, in the same bytes each time."""

import json
import re
from dataclasses import asdict

import pytest
import torch
from safetensors import safe_open
from safetensors.torch import load_file, save_file

from small import BACKBONES, DIM, HISTORY, METHODS, Small, features, member, sequences
from spectran.config.cells import CellSettings
from spectran.config.training import Evaluation, Training, Tuning
from spectran.training.inputs import TrainingInputs
from spectran.training.members_file import read_members, save_members
from spectran.training.outcome import Outcome
from spectran.training.trained import load_trained

#: Numbers that no short decimal is equal to, and ones that JSON writes without a point.
MEMBERS = (
    member(7, weight_decay=1e-6, dropout=1 / 3, id_scale=2**-0.5),
    member(0, learning_rate=5e-324, mask_ratio=0.0),
)


def outcomes(members=MEMBERS):
    made = torch.Generator().manual_seed(1)
    return [
        Outcome(
            one, {"a": torch.randn(3, 2, generator=made), "b": torch.zeros(4)}, 0.5, 1, [], 1.0, 1.0, diverged=False
        )
        for one in members
    ]


@pytest.fixture
def path(tmp_path):
    path = tmp_path / "members.safetensors"
    save_members(path, outcomes())
    return path


def test_members_come_back_as_they_were_and_in_order(path):
    assert read_members(path, (7, 0)) == MEMBERS
    with safe_open(path, framework="pt") as file:
        assert json.loads(file.metadata()["members"]) == [asdict(one) for one in MEMBERS]


def test_equal_members_are_equal_bytes_and_others_are_not(path, tmp_path):
    again = tmp_path / "again.safetensors"
    for _ in range(5):
        save_members(again, outcomes())
        assert again.read_bytes() == path.read_bytes()
    save_members(again, outcomes((MEMBERS[0], member(0, learning_rate=1e-3, mask_ratio=0.0))))
    assert again.read_bytes() != path.read_bytes(), "parameters alone do not say what they were trained with"


@pytest.mark.parametrize(("seeds", "expected"), [((0, 7), "[0, 7]"), ((7,), "[7]"), ((7, 0, 1), "[7, 0, 1]")])
def test_other_seeds_are_told_with_those_of_the_study(path, seeds, expected):
    message = f"{path}: members of the seeds {expected} expected in its metadata, found those of [7, 0]"
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        read_members(path, seeds)


WHOLE = json.dumps([asdict(one) for one in MEMBERS])


@pytest.mark.parametrize(
    ("metadata", "found"),
    [
        (None, "none"),
        ({"format": "pt"}, "none"),
        ({"members": ""}, "''"),
        ({"members": WHOLE[:-9]}, repr(WHOLE)[:40]),
        ({"members": "{}"}, "'{}'"),
        ({"members": '[{"seed": 7}]'}, """'[{"seed": 7}]'"""),
        ({"members": WHOLE.replace(', "mask_ratio": 0.0', "")}, "'[{"),
        ({"members": WHOLE.replace('"seed": 7', '"seed": "7"')}, "'[{"),
        ({"members": WHOLE.replace('"seed": 7', '"seed": 7, "epochs": 3')}, "'[{"),
        ({"members": WHOLE.replace("1e-06", "NaN")}, "'[{"),
    ],
    ids=["no metadata", "other", "empty", "cut off", "no list", "a field", "a default", "a text", "one more", "NaN"],
)
def test_a_file_that_does_not_say_who_its_members_are_is_named(path, metadata, found):
    save_file(load_file(path), path, metadata=metadata)
    message = f"{path}: members of the seeds [7, 0] expected in its metadata, found {found}"
    with pytest.raises(ValueError, match=f"^{re.escape(message)}") as error:
        read_members(path, (7, 0))
    assert len(str(error.value)) < len(message) + 200


@pytest.mark.parametrize("content", [b"", b"\xff" * 64, "cut"])
def test_a_file_that_is_not_whole_is_named(path, content):
    path.write_bytes(path.read_bytes()[:60] if content == "cut" else content)
    message = f"{path}: members of the seeds [7, 0] expected in its metadata, found no whole safetensors file: "
    with pytest.raises(ValueError, match=f"^{re.escape(message)}."):
        read_members(path, (7, 0))


def test_a_trained_cell_is_loaded_from_its_members_alone(tmp_path):
    """Of a backbone whose mask ratio a search chose, which settings do not say."""
    training = Training(batch=16, epochs=1, negatives=5)
    small = Small(tmp_path, METHODS["morec"], BACKBONES["bert4rec"], training)
    trained = small.schedule(dtype=torch.float32).train([member(3, mask_ratio=0.25), member(1, mask_ratio=0.25)])
    save_members(tmp_path / "members.safetensors", list(trained.values()))
    settings = CellSettings(
        backbone=small.backbone,
        method=small.method,
        dim=DIM,
        history=HISTORY,
        training=training,
        tuning=Tuning(mask_ratio=(0.25, 0.5)),
        evaluation=Evaluation(),
        seeds=(3, 1),
    )
    text = {feature: features(tmp_path).paths[feature] for feature in small.method.reads()}
    inputs = TrainingInputs.of({"train": "a", "valid": "b"} | text, settings)
    where = {"members": tmp_path / "members.safetensors", "device": torch.device("cpu")}
    model, members = load_trained(settings, inputs, sequences(), **where)
    assert members == tuple(trained)
    assert not model.training
    for name, value in model.named_parameters():
        for k, one in enumerate(members):
            assert torch.equal(value[k], trained[one].state[name]), name
    other = settings.model_copy(update={"seeds": (3, 2)})
    with pytest.raises(
        ValueError, match=r"members of the seeds \[3, 2\] expected in its metadata, found those of \[3, 1\]"
    ):
        load_trained(other, inputs, sequences(), **where)
