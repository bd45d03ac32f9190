"""A file that is cut, spoiled or edited after its job made it is refused by the next job, of whatever format it is."""

import json
import shutil
from contextlib import chdir
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import load_file, save_file

from provenance.made_results import CELL, OWN, RAW, STUDY
from spectran.provenance.job import Job, recorded
from spectran.provenance.record import digest
from spectran.provenance.whole import ChangedInputError

SPLIT, MEMBERS, RANKS = "results/data/toy/test.parquet", f"{CELL}/members.safetensors", f"{CELL}/ranks.parquet"
MADE = (RAW, SPLIT, MEMBERS, RANKS)


def read(working: Path, *paths: str) -> None:
    """What a job does that reads these files."""
    with chdir(working), recorded(Job("next", {}, {}, STUDY, paths, ("out",), "out.provenance.json")):
        Path("out").touch()


def flip(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


SPOILS = {
    "empty": lambda path: path.write_bytes(b""),
    "half": lambda path: path.write_bytes(path.read_bytes()[: path.stat().st_size // 2]),
    "flipped": flip,
    "longer": lambda path: path.write_bytes(path.read_bytes() + bytes(1)),
}


@pytest.mark.parametrize("spoil", SPOILS)
@pytest.mark.parametrize("path", MADE)
def test_it_is_named_with_its_job_and_what_to_do(working, path, spoil):
    before = digest(working / path)
    SPOILS[spoil](working / path)
    after = digest(working / path)
    with pytest.raises(ChangedInputError) as caught:
        read(working, path, OWN)
    rule = json.loads(next(iter(records_of(working, path))).read_text())["rule"]
    assert str(caught.value).splitlines() == [
        (
            f"{path}: corrupted or edited since {rule} made it: sha256 {before.sha256[:12]}, {before.bytes} bytes, "
            f"expected, found {after.sha256[:12]}, {after.bytes} bytes"
        ),
        "delete it and start again: it is made anew",
    ]
    assert not (working / "out").exists()


def records_of(working: Path, path: str) -> list[Path]:
    """Records beside a file that name it."""
    found = (working / path).parent.glob("*provenance.json")
    return [record for record in found if path in json.loads(record.read_text())["outputs"]]


def test_a_valid_file_of_another_shape_is_refused(working):
    path = working / MEMBERS
    try:
        tensors = load_file(path)
    except Exception:  # noqa: BLE001 - the miniature's file is none
        tensors = {"a": np.zeros((2, 3), np.float32)}
    save_file({name: np.concatenate([tensor, tensor]) for name, tensor in tensors.items()}, path)
    with pytest.raises(ChangedInputError, match=r"members\.safetensors: corrupted or edited since"):
        read(working, MEMBERS)


def test_all_that_is_wrong_is_said_at_once(working):
    for path in (SPLIT, RANKS):
        flip(working / path)
    with pytest.raises(ChangedInputError) as caught:
        read(working, SPLIT, RANKS, MEMBERS)
    lines = str(caught.value).splitlines()
    assert [line.partition(":")[0] for line in lines] == [*sorted([SPLIT, RANKS]), "delete them and start again"]


def test_what_is_whole_and_what_nobody_made_is_read(working):
    (working / OWN).write_text("edited by its owner, who may")
    read(working, *MADE, OWN)
    assert (working / "out.provenance.json").exists()


def test_a_file_that_fits_any_record_is_whole_whatever_the_clock_said(working):
    """Another source made it since, while the clock was years back."""
    [old] = records_of(working, RAW)
    content = json.loads(old.read_text())
    content["outputs"][RAW] = {"sha256": "0" * 64, "bytes": 1}
    (working / RAW).with_name("zz.provenance.json").write_text(json.dumps(content | {"started": "2099"}))
    read(working, RAW)


@pytest.mark.parametrize(
    "text", ["", "{", "[]", "{}", '{"rule": "x", "outputs": 3}', '{"rule": "x", "outputs": {"a": 1}}']
)
def test_a_record_that_cannot_be_read_says_nothing(working, text):
    """It is `verify` that finds it."""
    for record in records_of(working, RANKS):
        record.write_text(text)
    flip(working / RANKS)
    read(working, RANKS)


def test_results_that_were_moved_are_checked_where_they_lie(working, tmp_path):
    moved = shutil.copytree(working, tmp_path / "moved")
    flip(moved / SPLIT)
    with pytest.raises(ChangedInputError):
        read(moved, SPLIT)
