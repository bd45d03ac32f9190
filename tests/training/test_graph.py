"""When steps run as they are, are recorded, and are replayed: on stand-ins for CUDA's streams and graphs.

That a recorded step computes what the step does is shown in test_dense.py.
"""

from contextlib import contextmanager
from types import SimpleNamespace

import pytest
import torch

from spectran.training import graph
from spectran.training.graph import WARM_UP, GraphedSteps


class Stream:
    """One is as good as another."""

    def wait_stream(self, other):
        pass


class Graph:
    """Keeps what the body of its recording would launch, and computes at replay, from the same memory."""

    recording = None

    def __init__(self) -> None:
        self.kernels = []

    def replay(self):
        for kernel in self.kernels:
            kernel()


@contextmanager
def recorded(into, stream):
    Graph.recording = into
    yield
    Graph.recording = None


@contextmanager
def on(stream):
    yield


class Learner:
    """A step writes the sum of its users; while it is recorded, it only says what to compute."""

    def __init__(self) -> None:
        self.ran = []

    def step(self, users, rows):
        summed, counts = torch.zeros(2, 1)

        def kernel():
            self.ran.append((users.tolist(), rows))
            summed.copy_(users.sum())
            counts.fill_(rows)

        if Graph.recording is None:
            kernel()
        else:
            Graph.recording.kernels.append(kernel)
        return summed, counts


@pytest.fixture
def steps(monkeypatch):
    cuda = {"Stream": Stream, "CUDAGraph": Graph, "graph": recorded, "stream": on, "current_stream": Stream}
    fake = SimpleNamespace(cuda=SimpleNamespace(**cuda), Tensor=torch.Tensor)
    monkeypatch.setattr(graph, "torch", fake)
    return GraphedSteps(Learner())


def test_a_shape_is_run_then_recorded_then_replayed_with_the_users_of_each_step(steps):
    for number in range(WARM_UP + 3):
        users = torch.tensor([[number, 10]])
        summed, counts = steps.step(users, 7)
        assert (summed.item(), counts.item()) == (number + 10, 7)
        assert len(steps.recorded) == (number >= WARM_UP)
        assert steps.learner.ran[-1] == ([[number, 10]], 7)
    assert len(steps.learner.ran) == WARM_UP + 3


def test_every_shape_has_its_own(steps):
    for _ in range(WARM_UP + 1):
        for users, rows in ((2, 7), (2, 9), (1, 7)):
            steps.step(torch.ones(1, users, dtype=torch.long), rows)
    assert set(steps.recorded) == {(2, 7), (2, 9), (1, 7)}
