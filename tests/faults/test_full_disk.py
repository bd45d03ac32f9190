"""A real disk that is full: the message names the file, nothing half-written stays, room gives the same bytes."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import torch
from safetensors import SafetensorError

from faults.conftest import Disk
from small import METHODS, Small, member
from spectran.config.data import Synthetic
from spectran.config.training import Tuning
from spectran.data.synthetic import synthesise
from spectran.full_disk import FullDiskError, full_disk
from spectran.io import replacing, write_json, write_parquet
from spectran.spectra.decomposition import decompose
from spectran.supervision.cell import CellJob
from spectran.supervision.ledger import read_failures
from spectran.supervision.run import Limits
from spectran.text.shards import save_array
from spectran.training.cell import train_cell, write_cell
from spectran.training.pack import CHECKPOINT, PackRun
from workflow_runs import ROOT

VECTORS = np.random.default_rng(0).normal(size=(3000, 40)).astype(np.float32)
WRITERS = {
    "a.json": lambda path: write_json(path, VECTORS.tolist()),
    "a.parquet": lambda path: write_parquet(path, pd.DataFrame(VECTORS, columns=[f"c{k}" for k in range(40)])),
    "a.npy": lambda path: save_array(path, VECTORS),
    "a.safetensors": lambda path: decompose(VECTORS, "raw").save(path),
    "a.json.gz": lambda path: synthesise(Synthetic(users=200, items=60), path, path.with_name("metadata.json.gz")),
}


@pytest.mark.parametrize("name", WRITERS)
def test_every_kind_of_file_is_named_and_whole_once_there_is_room(disk: Disk, tmp_path: Path, name: str):
    path = disk.folder / "results" / name
    disk.fill()
    with pytest.raises(FullDiskError) as caught:
        WRITERS[name](path)
    assert str(caught.value) == (
        f"{path}: no space left on the disk (nothing of it is kept); make room and start again"
    )
    assert disk.names() == []
    disk.make_room()
    WRITERS[name](path)
    WRITERS[name](tmp_path / name)
    assert path.read_bytes() == (tmp_path / name).read_bytes()


def test_the_old_file_stays_where_there_is_no_room_for_the_new_one(disk: Disk):
    path = disk.folder / "a.json"
    write_json(path, "old")
    disk.fill()
    with pytest.raises(FullDiskError):
        write_json(path, "new" * 10_000)
    assert (path.read_text(), disk.names()) == ('"old"\n', ["a.json"])


def test_what_libraries_say_of_it_is_known():
    said = [OSError(28, "x"), OSError(122, "x"), OSError("9 requested and 4 written"), SafetensorError("os error 28")]
    assert [full_disk(error) for error in said] == [True, True, True, False]
    assert full_disk(SafetensorError("I/O error: No space left on device (os error 28)"))
    assert not full_disk(ValueError("x.csv: a number expected"))


def test_another_error_is_left_as_it_is(tmp_path: Path):
    with pytest.raises(ZeroDivisionError), replacing(tmp_path / "a"):
        raise ZeroDivisionError


@pytest.fixture
def small(tmp_path: Path) -> Small:
    return Small(tmp_path, METHODS["base"])


def test_training_goes_on_from_the_checkpoint_that_there_was_room_for(disk: Disk, small: Small, monkeypatch):
    monkeypatch.setattr("spectran.training.schedule.trial", lambda *parts, graphs: None)
    unbroken = small.schedule("unbroken").train([member(0)])[member(0)]
    advance = PackRun.advance

    def filling(run: PackRun) -> None:
        if run.epoch == 2:
            disk.fill()
        advance(run)

    with monkeypatch.context() as patch:
        patch.setattr(PackRun, "advance", filling)
        with pytest.raises(FullDiskError, match=rf"{disk.folder}/{CHECKPOINT}: no space left on the disk"):
            small.schedule(str(disk.folder)).train([member(0)])
    assert disk.names() == [CHECKPOINT], "of the epochs before, and no half of a later one"
    disk.make_room()
    resumed = []
    monkeypatch.setattr(PackRun, "advance", lambda run: (resumed.append(run.epoch), advance(run)))
    found = small.schedule(str(disk.folder)).train([member(0)])[member(0)]
    assert resumed == [2, 3]
    assert found.rows == unbroken.rows
    assert all(torch.equal(found.state[name], tensor) for name, tensor in unbroken.state.items())


def test_a_cell_without_room_even_for_the_record_of_its_failure_fails_and_is_made_again(disk: Disk, small: Small):
    folder, names = disk.folder / "cell", ("trials.parquet", "members.safetensors", "training.json")
    outputs = tuple(folder / name for name in names)
    trained = train_cell(small.schedule("state"), Tuning(dropout=(0.1,)), (0, 1))
    job = CellJob("training_cell", "small", folder, (), outputs, (), disk.folder / "logs/a.jsonl")
    write = lambda: write_cell(folder, trained, small.schedule("other"))  # noqa: E731
    folder.mkdir()
    disk.fill()
    with pytest.raises(FullDiskError, match="no space left on the disk"):
        job.run(write, Limits())
    assert not [path for path in folder.iterdir() if path.stat().st_size]
    disk.make_room()
    assert job.run(write, Limits()) is None
    write_cell(small.folder / "cell", trained, small.schedule("other"))
    for path in outputs[:2]:  # the third tells of seconds
        assert path.read_bytes() == (small.folder / "cell" / path.name).read_bytes()


def test_a_cell_without_room_for_its_members_is_recorded_as_failed_for_that_reason(disk: Disk, tmp_path: Path):
    outputs = (disk.folder / "members.safetensors", disk.folder / "training.json")
    (tmp_path / "cell").mkdir()
    job = CellJob("training_cell", "small", tmp_path / "cell", (), outputs, (), tmp_path / "a.jsonl")
    disk.fill()
    failure = job.run(lambda: decompose(VECTORS, "raw").save(outputs[0]), Limits())
    assert (failure.kind, failure.reason.partition(" (")[0]) == (
        "error", f"{outputs[0]}: no space left on the disk",
    )  # fmt: skip
    assert [record.reason for record in read_failures(tmp_path / "cell")] == [failure.reason]
    assert [path.stat().st_size for path in outputs] == [0, 0]


SCRIPT = """
import sys
from types import SimpleNamespace
from unittest.mock import patch
from pathlib import Path
import scripts._job as module
from contextlib import nullcontext
from spectran.io import write_json

module.record_of = lambda *_: nullcontext()
with module.job(SimpleNamespace(log=[sys.argv[1]], rule="data_prepare", resources={}, output=[])) as log:
    log.write("x" * 100_000)
    write_json(Path(sys.argv[2]), "y" * 100_000)
"""


def test_a_script_says_so_in_one_message_though_its_log_is_on_the_same_disk(disk: Disk):
    log, made = disk.folder / "log", disk.folder / "statistics.json"
    disk.fill()
    run = subprocess.run(
        [sys.executable, "-c", SCRIPT, log, made],
        env={"PYTHONPATH": str(ROOT / "workflow")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 1
    lines = run.stderr.splitlines()
    assert [line.partition(": ")[0] for line in lines] == ["ERROR in data_prepare", f"  (traceback in {log})"]
    assert "No space left on device" in lines[0] or "no space left on the disk" in lines[0]
    assert disk.names() == ["log"]
