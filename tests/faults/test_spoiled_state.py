"""Checkpoints and finished members that a disk spoiled: said so, done again, and the same bytes at the end."""

import shutil
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors import safe_open
from safetensors.torch import load_file, save_file

from small import METHODS, Small, member
from spectran.sealed import load_tensors, save_tensors
from spectran.training.pack import CHECKPOINT, PackRun

FACTS = {"fingerprint": "one", "best": 0.125}
TENSORS = {
    "a": torch.arange(300, dtype=torch.float64).reshape(20, 15),
    "b": torch.zeros((), dtype=torch.bfloat16),
    "c": torch.ones(3, dtype=torch.bool),
    "d": torch.empty(0, 4),
}


def test_what_is_whole_is_read(tmp_path: Path):
    save_tensors(tmp_path / "x", TENSORS, FACTS)
    tensors, facts = load_tensors(tmp_path / "x", "one")
    assert facts == FACTS
    assert tensors.keys() == TENSORS.keys()
    assert all(torch.equal(tensors[name], TENSORS[name]) for name in TENSORS)
    assert load_tensors(tmp_path / "x", "two") is None
    assert load_tensors(tmp_path / "y", "one") is None


def test_any_flipped_byte_is_noticed(tmp_path: Path, caplog: pytest.LogCaptureFixture):
    """Of header, facts and numbers alike, though most of them would be read without a word."""
    path = tmp_path / "x"
    save_tensors(path, TENSORS, FACTS)
    whole = path.read_bytes()
    for place in np.linspace(0, len(whole) - 1, 200, dtype=int):
        spoiled = bytearray(whole)
        spoiled[place] ^= 1
        path.write_bytes(spoiled)
        found = load_tensors(path, "one")
        same = found is not None and found[1] == FACTS and all(torch.equal(found[0][n], TENSORS[n]) for n in TENSORS)
        assert found is None or same, f"byte {place} of {len(whole)}"
    assert f"{path}: damaged, so its work is done again" in caplog.text


@pytest.mark.parametrize("size", [0, 1, 100, -1])
def test_a_cut_file_is_noticed(tmp_path: Path, size: int):
    save_tensors(tmp_path / "x", TENSORS, FACTS)
    whole = (tmp_path / "x").read_bytes()
    (tmp_path / "x").write_bytes(whole[:size])
    assert load_tensors(tmp_path / "x", "one") is None


def test_tensors_of_another_shape_are_noticed(tmp_path: Path):
    save_tensors(tmp_path / "x", TENSORS, FACTS)
    with safe_open(tmp_path / "x", framework="pt") as file:
        metadata = file.metadata()
    save_file(load_file(tmp_path / "x") | {"a": TENSORS["a"].reshape(15, 20)}, tmp_path / "x", metadata=metadata)
    assert load_tensors(tmp_path / "x", "one") is None


class StoppedError(Exception):
    """Stands for a kill."""


@pytest.mark.parametrize("spoil", ["flip", "cut", "empty", "another shape"])
def test_a_spoiled_checkpoint_stops_no_cell(tmp_path: Path, monkeypatch, caplog, spoil: str):
    monkeypatch.setattr("spectran.training.schedule.trial", lambda *parts, graphs: None)
    small, one, advance = Small(tmp_path, METHODS["base"]), member(0), PackRun.advance
    unbroken = small.schedule("unbroken").train([one])[one]

    def stopping(run: PackRun) -> None:
        if run.epoch == 3:
            raise StoppedError
        advance(run)

    with monkeypatch.context() as patch:
        patch.setattr(PackRun, "advance", stopping)
        with pytest.raises(StoppedError):
            small.schedule("broken").train([one])
    path = tmp_path / "broken" / CHECKPOINT
    whole = path.read_bytes()
    half = len(whole) // 2
    spoiled = {
        "flip": whole[:half] + bytes([whole[half] ^ 1]) + whole[half + 1 :],
        "cut": whole[:half],
        "empty": b"",
        "another shape": whole,
    }
    path.write_bytes(spoiled[spoil])
    if spoil == "another shape":
        tensors = {name: tensor[:, :1] if tensor.dim() > 1 else tensor for name, tensor in load_file(path).items()}
        save_file({name: tensor.contiguous() for name, tensor in tensors.items()}, path)
    epochs = []
    monkeypatch.setattr(PackRun, "advance", lambda run: (epochs.append(run.epoch), advance(run)))
    found = small.schedule("broken").train([one])[one]
    assert epochs == [0, 1, 2, 3], "from the start"
    assert f"{path}: damaged, so its work is done again" in caplog.text
    assert found.rows == unbroken.rows
    assert all(torch.equal(found.state[name], tensor) for name, tensor in unbroken.state.items())


def test_a_spoiled_member_is_trained_again(tmp_path: Path, monkeypatch):
    monkeypatch.setattr("spectran.training.schedule.trial", lambda *parts, graphs: None)
    small, members = Small(tmp_path, METHODS["base"]), [member(0), member(1)]
    unbroken = small.schedule("state").train(members)
    shutil.copytree(tmp_path / "state", tmp_path / "whole")
    spoiled = min((tmp_path / "state").glob("member-*.safetensors"))
    content = bytearray(spoiled.read_bytes())
    content[-3] ^= 4
    spoiled.write_bytes(content)
    trained = []
    advance = PackRun.advance
    monkeypatch.setattr(PackRun, "advance", lambda run: (trained.extend(run.records), advance(run)))
    found = small.schedule("state").train(members)
    assert len({record.member for record in trained}) == 1
    for one in members:
        assert all(torch.equal(found[one].state[name], tensor) for name, tensor in unbroken[one].state.items())
    tensors = load_file(tmp_path / "whole" / spoiled.name)
    assert all(torch.equal(tensor, tensors[name]) for name, tensor in load_file(spoiled).items())
