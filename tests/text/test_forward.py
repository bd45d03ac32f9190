"""Shards through a model: order, what is under way at once, and memory that runs out."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np
import pytest
import torch

from spectran.config.text import Encoder
from spectran.exhaustion import out_of_memory
from spectran.text.forward import Forward, Load, TooLongError, load_of
from spectran.text.model import load_model
from spectran.text.weights import find_weights

SHARDS = [[[9] * 5, [8] * 5, [7] * 4], [[6] * 4, [5] * 3, [4] * 3], [[3] * 2, [2], [1]]]


@dataclass
class Stub:
    """In place of a model: a title's vector is its first token and its length; more than `room` tokens do not fit."""

    device: torch.device = field(default_factory=lambda: torch.device("cpu"))
    room: int = 10**9
    error: type[Exception] = torch.OutOfMemoryError
    batches: list[int] = field(default_factory=list)

    def encode(self, rows: Sequence[Sequence[int]]) -> torch.Tensor:
        """Vectors, as a model's."""
        self.batches.append(len(rows) * len(rows[0]))
        if self.batches[-1] > self.room:
            raise self.error("no")
        return torch.tensor([[row[0], len(row)] for row in rows], dtype=torch.float32)


def forward(stub: Stub, budget: int = 100, fixed: int = 1) -> Forward:
    return Forward(stub, Load(budget, fixed), lambda _: None)


def expected(shards: list[list[list[int]]]) -> list[list[list[float]]]:
    return [[[row[0], len(row)] for row in rows] for rows in shards]


@pytest.mark.parametrize("kind", ["cpu", "cuda"])
@pytest.mark.parametrize("budget", [1, 9, 100])
def test_rows_and_shards_keep_their_order(kind, budget):
    stub = Stub(torch.device(kind))
    assert [shard.tolist() for shard in forward(stub, budget).shards(SHARDS)] == expected(SHARDS)


@pytest.mark.parametrize(("kind", "before"), [("cpu", [1, 2, 3]), ("cuda", [2, 3, 3])])
def test_a_gpu_has_the_next_shard_before_the_last_one_is_waited_for(kind, before):
    """And elsewhere a shard is there, to be saved, before the next is begun."""
    begun: list[int] = []

    def shards() -> Iterator[list[list[int]]]:
        for number, rows in enumerate(SHARDS, start=1):
            begun.append(number)
            yield rows

    assert [begun[-1] for _ in forward(Stub(torch.device(kind))).shards(shards())] == before


@pytest.mark.parametrize("error", [torch.OutOfMemoryError, MemoryError])
@pytest.mark.parametrize("room", [5, 8, 11])
def test_memory_that_runs_out_halves_the_batch_and_work_goes_on(room, error):
    stub = Stub(room=room, error=error)
    run = forward(stub, fixed=100)
    assert [shard.tolist() for shard in run.shards(SHARDS)] == expected(SHARDS)
    failed = [tokens for tokens in stub.batches if tokens > room]
    assert failed[0] == 15
    assert run.load.budget == failed[-1] // 2
    # What did not fit is not tried again: every failure is of half the size, and the later shards have none.
    assert all(b <= a // 2 for a, b in pairwise(failed))
    assert sum(stub.batches) - sum(failed) < 1.5 * sum(len(row) for rows in SHARDS for row in rows)


def test_progress_counts_each_title_once_though_batches_were_tried_again():
    counted: list[int] = []
    list(Forward(Stub(room=8), Load(100, 100), counted.append).shards(SHARDS))
    assert sum(counted) == 9


def test_a_title_that_does_not_fit_alone_is_refused():
    with pytest.raises(TooLongError, match=r"encoder\.max_length: .*a title of 5 tokens expected, found too little"):
        list(forward(Stub(room=4)).shards(SHARDS))


def test_any_other_failure_is_not_taken_for_memory():
    with pytest.raises(RuntimeError, match=r"^no$"):
        list(forward(Stub(room=4, error=RuntimeError)).shards(SHARDS))


def test_what_torch_says_where_main_memory_ends():
    with pytest.raises(RuntimeError) as raised:
        torch.empty(10**17)
    assert out_of_memory(raised.value)
    assert out_of_memory(RuntimeError("CUDA error: CUBLAS_STATUS_ALLOC_FAILED when calling cublasCreate"))
    assert not out_of_memory(ValueError("can't allocate memory"))


def test_the_load_is_the_devices_or_the_studys(decoder):
    cpu, cuda = torch.device("cpu"), torch.device("cuda")
    auto = Encoder(preset="minilm")
    assert load_of(auto, cpu).budget < load_of(auto, cuda).budget
    assert load_of(decoder(batch_tokens=77), cuda) == load_of(auto, cuda)._replace(budget=77)


@pytest.mark.skipif(not torch.cuda.is_available(), reason="no GPU here")
def test_a_gpus_vectors_are_the_cpus(decoder, titles):
    encoder = decoder()
    made = []
    for device in (torch.device("cpu"), torch.device("cuda")):
        model = load_model(find_weights(encoder), encoder, device)
        rows = sorted(model.tokenise(titles).ids, key=len, reverse=True)
        run = Forward(model, Load(50, 5), lambda _: None)
        made.append(np.concatenate(list(run.shards([rows[:20], rows[20:]]))))
    np.testing.assert_allclose(made[0], made[1], atol=1e-4)
