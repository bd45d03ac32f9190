"""Device and determinism."""

import os

import pytest
import torch

from spectran.config.training import Compute
from spectran.device import DeviceError, prepare


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
