"""Which jobs ask for a GPU, and for how much of it."""

import re

import pytest
import yaml

from spectran.config.training import Compute
from spectran.gpu import places, visible, wants_gpu
from studies import ROOT


@pytest.mark.parametrize(
    ("device", "files", "expected"),
    [
        ("auto", [], False),
        ("auto", ["nvidiactl"], False),
        ("auto", ["nvidia0"], True),
        ("cpu", ["nvidia0"], False),
        ("cuda", [], True),
    ],
)
def test_auto_asks_where_there_is_one(tmp_path, device, files, expected):
    for name in files:
        (tmp_path / name).touch()
    assert wants_gpu(Compute(device=device), tmp_path) is expected


@pytest.mark.parametrize(
    ("device", "cells", "given", "expected"),
    [
        ("cpu", 3, 1, (0, 0)),
        ("cuda", 1, 1, (1, 1)),
        ("cuda", 3, 3, (1, 3)),
        ("cuda", 3, 4, (1, 3)),
        ("cuda", 1, 4, (1, 1)),
        ("cuda", 2, 8, (1, 2)),
        ("cuda", 3, None, (1, 1)),
    ],
)
def test_a_cell_asks_for_one_place_and_what_fills_the_gpu_for_all(device, cells, given, expected):
    assert places(Compute(device=device, cells_per_gpu=cells), given) == expected


def test_fewer_places_than_cells_are_refused_in_words():
    with pytest.raises(ValueError, match=r"compute\.cells_per_gpu: 3 needs --resources gpu=3, found gpu=1"):
        places(Compute(device="cuda", cells_per_gpu=3), 1)


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("0", ["0"]),
        ("2, 0,1", ["2", "0", "1"]),
        ("GPU-8f1c,MIG-44d2", ["GPU-8f1c", "MIG-44d2"]),
        ("MIG-GPU-8f1c/1/0", ["MIG-GPU-8f1c/1/0"]),
        ("1,1", ["1"]),
        ("", []),
        ("-1", []),
        ("NoDevFiles", []),
        ("1,-1,0", ["1"]),
    ],
)
def test_what_is_visible_is_said_as_cuda_reads_it(tmp_path, said, expected):
    (tmp_path / "nvidia0").touch()
    assert visible({"CUDA_VISIBLE_DEVICES": said}, tmp_path) == tuple(expected)


def test_where_nothing_is_said_devices_are_counted_from_zero(tmp_path):
    assert visible({}, tmp_path) == ()
    for name in ("nvidiactl", "nvidia-uvm", "nvidia3", "nvidia5"):
        (tmp_path / name).touch()
    assert visible({}, tmp_path) == ("0", "1")


def test_slurms_profile_names_the_partition_of_every_rule_that_may_ask_for_a_gpu():
    rules = {}
    for path in (ROOT / "workflow/rules").glob("*.smk"):
        _, *parts = re.split(r"^rule (\w+):$", path.read_text(encoding="utf-8"), flags=re.MULTILINE)
        rules |= dict(zip(parts[::2], parts[1::2], strict=True))
    asking = {name for name, text in rules.items() if re.search(r"^ +gpu=", text, flags=re.MULTILINE)}
    profile = yaml.safe_load((ROOT / "profiles/slurm/config.yaml").read_text(encoding="utf-8"))
    said = profile["set-resources"]
    assert said.keys() == asking
    assert {resources["slurm_partition"] for resources in said.values()} == {"gpu"}
    assert profile["retries"] + 1 == profile["default-resources"]["attempts"]
