"""Device and determinism."""

import ctypes
import os
import subprocess
import sys
from pathlib import Path

import pytest
import torch

from spectran.config.training import Compute
from spectran.device import DeviceError, prepare, resolve


@pytest.fixture(autouse=True)
def restored():
    threads, deterministic = torch.get_num_threads(), torch.are_deterministic_algorithms_enabled()
    yield
    torch.set_num_threads(threads)
    torch.use_deterministic_algorithms(deterministic)


@pytest.mark.parametrize(("present", "kind"), [(True, "cuda"), (False, "cpu")])
def test_auto_takes_cuda_where_there_is_one(monkeypatch, present, kind):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: present)
    assert prepare(Compute()).type == kind
    assert prepare(Compute(device="cpu")).type == "cpu"


def test_absent_cuda_is_refused_in_words(monkeypatch):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    with pytest.raises(DeviceError, match=r"compute\.device: cuda expected, but torch sees no CUDA device"):
        prepare(Compute(device="cuda"))


def test_threads_and_determinism_are_set(monkeypatch):
    monkeypatch.delenv("CUBLAS_WORKSPACE_CONFIG", raising=False)
    prepare(Compute(device="cpu", threads=2))
    assert torch.get_num_threads() == 2
    assert torch.are_deterministic_algorithms_enabled()
    assert os.environ.pop("CUBLAS_WORKSPACE_CONFIG") == ":4096:8"


#: Page faults of filling 40 MB again and again, once the library has what it needs.
FAULTS = """
import resource, sys, torch
from spectran.config.training import Compute
from spectran.device import prepare
if sys.argv[1] == "prepared":
    prepare(Compute(device="cpu", threads=1))
for _ in range(20):
    before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    torch.ones(10_000_000)
print(resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before)
"""


@pytest.mark.skipif(not hasattr(ctypes.CDLL(None), "mallopt"), reason="the C library is not glibc")
def test_freed_memory_is_used_again():
    def faults(how):
        path = str(Path(__file__).parents[1] / "workflow")
        run = [sys.executable, "-c", FAULTS, how]
        return int(subprocess.run(run, env=os.environ | {"PYTHONPATH": path}, capture_output=True, check=True).stdout)

    assert faults("plain") > 1_000
    assert faults("prepared") < 100


def test_a_gpu_that_torch_cannot_use_is_not_silently_done_without(monkeypatch):
    """It went away between planning and the job."""
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    monkeypatch.setattr(torch.version, "cuda", "13.0")
    monkeypatch.setattr("spectran.device.visible", lambda: ("0",))
    with pytest.raises(DeviceError, match="auto, and there is a GPU, but torch cannot use it: it failed or went away"):
        resolve(Compute(device="auto"))
    assert resolve(Compute(device="cpu")) == torch.device("cpu")
    monkeypatch.setattr("spectran.device.visible", lambda: ())
    assert resolve(Compute(device="auto")) == torch.device("cpu"), "none to be used, or hidden on purpose"
    monkeypatch.setattr("spectran.device.visible", lambda: ("0",))
    monkeypatch.setattr(torch.version, "cuda", None)
    assert resolve(Compute(device="auto")) == torch.device("cpu"), "a torch without CUDA"
