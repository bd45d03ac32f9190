"""Training steps as CUDA graphs: recorded once for a shape, then replayed without the host."""

from collections import Counter
from dataclasses import dataclass

import torch
from torch import Tensor

from spectran.training.step import Learner

#: Steps of a shape that are run as they are before one is recorded, so that libraries have set themselves up.
WARM_UP = 2


@dataclass(frozen=True)
class Recorded:
    """A step on the device.

    Attributes:
        graph: its kernels.
        users: what it reads, shape (K, B).
        summed: what it writes, shape (K,).
        counts: likewise.
    """

    graph: torch.cuda.CUDAGraph
    users: Tensor
    summed: Tensor
    counts: Tensor


class GraphedSteps:
    """Steps of a pack on a GPU. A pack that members have left is another one."""

    def __init__(self, learner: Learner) -> None:
        self.learner = learner
        self.stream = torch.cuda.Stream()
        self.seen: Counter[tuple[int, int]] = Counter()
        self.recorded: dict[tuple[int, int], Recorded] = {}

    def step(self, users: Tensor, rows: int) -> tuple[Tensor, Tensor]:
        """See `Learner.step`. Random keys are read where `PackedNoise.set_step` puts them."""
        shape = users.shape[1], rows
        self.seen[shape] += 1
        if self.seen[shape] <= WARM_UP:
            return self._run(users, rows)
        if shape not in self.recorded:
            self.recorded[shape] = self._record(users, rows)
        recorded = self.recorded[shape]
        recorded.users.copy_(users)
        recorded.graph.replay()
        return recorded.summed, recorded.counts

    def _run(self, users: Tensor, rows: int) -> tuple[Tensor, Tensor]:
        """On the stream that records, where gradients and workspaces then are."""
        current = torch.cuda.current_stream()
        self.stream.wait_stream(current)
        with torch.cuda.stream(self.stream):
            result = self.learner.step(users, rows)
        current.wait_stream(self.stream)
        return result

    def _record(self, users: Tensor, rows: int) -> Recorded:
        """Recording computes nothing."""
        users, graph = users.clone(), torch.cuda.CUDAGraph()
        self.stream.wait_stream(torch.cuda.current_stream())
        with torch.cuda.graph(graph, stream=self.stream):
            summed, counts = self.learner.step(users, rows)
        return Recorded(graph, users, summed, counts)
