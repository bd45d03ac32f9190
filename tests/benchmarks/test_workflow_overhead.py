"""What the workflow costs beside its work: the small variant of the benchmark."""

from dataclasses import replace
from pathlib import Path

import pytest
import torch

from benchmarks.settings import Settings, SkippedError
from benchmarks.workflow import measure

SETTINGS = Settings(data=None, device=torch.device("cpu"), threads=1, runs=1, quick=True, rectools=None, cache=Path())


@pytest.mark.workflow
def test_every_part_gives_seconds():
    found = {(one.case, one.what): one.value for one in measure(SETTINGS)}
    assert all(value > 0 for key, value in found.items() if key[0] != "handing out a job")
    processor = {case: value for (case, what), value in found.items() if what == "processor seconds"}
    assert set(processor) == {
        "start of a job, python alone",
        "start of a job, data",
        "handing out a job",
    }
    assert processor["start of a job, data"] > processor["start of a job, python alone"]


def test_a_gpu_has_no_part_in_it():
    with pytest.raises(SkippedError, match="--device cpu"):
        next(measure(replace(SETTINGS, device=torch.device("cuda"))))
