"""Memory that runs out while a pack trains: half of it goes on, the rest follows, and results are the same."""

import logging
import weakref
from collections.abc import Callable
from dataclasses import dataclass, field, replace

import pytest
import torch

from small import METHODS, Small, member
from spectran.config.training import Compute, Training
from spectran.training.pack import PackRun
from spectran.training.step import Learner

MEMBERS = [member(k, dropout=0.1 * k) for k in range(5)]
ERRORS = [
    torch.OutOfMemoryError("CUDA out of memory"),
    MemoryError(),
    RuntimeError("[enforce fail at alloc_cpu.cpp:127] err == 0. DefaultCPUAllocator: can't allocate memory: you tried"),
]
#: Of 40 users in batches of 16.
STEPS = 3


@dataclass
class Device:
    """Has memory for so many members, from a step on that is counted over the whole cell; notes what was trained."""

    room: int
    error: Exception
    first: int = 0
    steps: int = 0
    failed: list[int] = field(default_factory=list)
    epochs: list[tuple[int, list[int]]] = field(default_factory=list)

    def install(self, monkeypatch: pytest.MonkeyPatch) -> None:
        step, advance = Learner.step, PackRun.advance

        def limited(learner: Learner, users: torch.Tensor, rows: int) -> tuple[torch.Tensor, torch.Tensor]:
            if self.steps >= self.first and len(users) > self.room:
                self.failed.append(len(users))
                raise type(self.error)(*self.error.args)  # an error that is kept keeps what it broke
            self.steps += 1
            return step(learner, users, rows)

        def noted(run: PackRun) -> None:
            advance(run)
            staying = zip(run.records, run.stopped(), strict=True)
            self.epochs.append((run.epoch, [record.member.seed for record, stops in staying if not stops]))

        monkeypatch.setattr(Learner, "step", limited)
        monkeypatch.setattr(PackRun, "advance", noted)
        monkeypatch.setattr("spectran.training.schedule.trial", lambda *parts, graphs: None)


def small(folder, *, epochs=4, patience=4, seconds=0.0, pack=5) -> Small:
    training = Training(batch=16, epochs=epochs, patience=patience, negatives=5)
    compute = Compute(device="cpu", pack=pack, checkpoint_seconds=seconds)
    return Small(folder, METHODS["spectran"], training=training, compute=compute)


def assert_same(found, expected, same: Callable):
    assert list(found) == list(expected)
    for one, outcome in expected.items():
        assert len(found[one].rows) == len(outcome.rows)
        assert found[one].best_epoch == outcome.best_epoch
        for name, tensor in outcome.state.items():
            assert same(found[one].state[name], tensor)


def close(a, b):
    return torch.allclose(a, b, rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: type(error).__name__)
def test_half_a_pack_goes_on_from_its_checkpoint(tmp_path, monkeypatch, caplog, error):
    unbroken = small(tmp_path).schedule("unbroken").train(MEMBERS)
    device = Device(room=2, error=error, first=2 * STEPS + 1)
    device.install(monkeypatch)
    caplog.set_level(logging.INFO)
    broken = small(tmp_path).schedule("broken").train(MEMBERS)
    assert device.failed == [5]
    # Two epochs of five, the rest of the first two from there, then the others in twos.
    whole = [0, 1, 2, 3, 4]
    assert device.epochs[:4] == [(1, whole), (2, whole), (3, [0, 1]), (4, [])]
    assert device.epochs[4:8] == [(1, [2, 3]), (2, [2, 3]), (3, [2, 3]), (4, [])]
    assert device.epochs[8:] == [(1, [4]), (2, [4]), (3, [4]), (4, [])]
    lines = [record.getMessage() for record in caplog.records if record.name.endswith("schedule")]
    assert lines == ["small: memory ran out with 5 members; going on with 2 from its last checkpoint"]
    assert_same(broken, unbroken, close)
    assert list((tmp_path / "broken").glob("checkpoint*")) == []


def test_without_a_checkpoint_it_starts_again_and_halves_until_it_fits(tmp_path, monkeypatch, caplog):
    """The results are those of packs of one, bit for bit: no member was ever in another one."""
    alone = small(tmp_path, pack=1).schedule("alone").train(MEMBERS)
    device = Device(room=1, error=ERRORS[0])
    device.install(monkeypatch)
    found = small(tmp_path, seconds=1e9).schedule("broken").train(MEMBERS)
    assert device.failed == [5, 2], "the smaller size is remembered"
    lines = [record.getMessage() for record in caplog.records]
    assert lines == [
        f"small: memory ran out with {n}; going on with {m} from its start"
        for n, m in (("5 members", 2), ("2 members", 1))
    ]
    assert_same(found, alone, torch.equal)


def test_the_smaller_size_lasts_for_the_rest_of_the_cell(tmp_path, monkeypatch):
    device = Device(room=2, error=ERRORS[1])
    device.install(monkeypatch)
    schedule = small(tmp_path).schedule()
    schedule.train(MEMBERS[:4])
    schedule.train([member(10), member(11), member(12)])
    assert device.failed == [4]
    assert [members for epoch, members in device.epochs if epoch == 1] == [[0, 1], [2, 3], [10, 11], [12]]


def test_finished_members_stay_finished(tmp_path, monkeypatch):
    """Memory runs out after some have stopped early: they are not trained again, and those left are what is halved."""
    given = small(tmp_path, epochs=12, patience=1)
    unbroken = given.schedule("unbroken").train(MEMBERS)
    lengths = {one: len(outcome.rows) for one, outcome in unbroken.items()}
    first = min(lengths.values())
    left = [one for one in MEMBERS if lengths[one] > first]
    assert 1 < len(left) < 5, "the example must have members that stop at different epochs"
    device = Device(room=1, error=ERRORS[2], first=first * STEPS)
    device.install(monkeypatch)
    broken = given.schedule("broken").train(MEMBERS)
    assert device.failed[0] == len(left)
    stopped = {one.seed for one in MEMBERS} - {one.seed for one in left}
    assert all(not stopped & set(members) for epoch, members in device.epochs if epoch >= first)
    kept = left[: len(left) // 2]
    assert (first + 1, [one.seed for one in kept if lengths[one] > first + 1]) in device.epochs
    assert_same(broken, unbroken, close)


def test_one_that_runs_out_of_memory_fails(tmp_path, monkeypatch):
    device = Device(room=0, error=ERRORS[0])
    device.install(monkeypatch)
    with pytest.raises(torch.OutOfMemoryError, match="CUDA out of memory"):
        small(tmp_path).schedule().train(MEMBERS[:3])
    assert device.failed == [3, 1]


def test_another_error_ends_the_cell_at_once(tmp_path, monkeypatch):
    device = Device(room=2, error=RuntimeError("shapes differ"))
    device.install(monkeypatch)
    with pytest.raises(RuntimeError, match="shapes differ"):
        small(tmp_path).schedule().train(MEMBERS)
    assert device.failed == [5]


def test_a_pack_that_cannot_even_be_built_is_halved(tmp_path, monkeypatch):
    build, built = PackRun.__init__, []

    def limited(run, plan, members, *parts, **options):
        built.append(len(members))
        if len(members) > 2:
            raise MemoryError
        build(run, plan, members, *parts, **options)

    monkeypatch.setattr(PackRun, "__init__", limited)
    monkeypatch.setattr("spectran.training.schedule.trial", lambda *parts, graphs: None)
    found = small(tmp_path).schedule().train(MEMBERS)
    assert built == [5, 2, 2, 1]
    assert len(found) == 5


def test_what_a_broken_pack_held_is_free_before_the_next_is_built(tmp_path, monkeypatch):
    """Else the half would not fit beside the whole."""
    device, alive, runs = Device(room=2, error=ERRORS[0], first=STEPS), [], []
    device.install(monkeypatch)
    build = PackRun.__init__

    def noted(run, *parts, **options):
        alive.append(sum(earlier() is not None for earlier in runs))
        runs.append(weakref.ref(run))
        build(run, *parts, **options)

    monkeypatch.setattr(PackRun, "__init__", noted)
    small(tmp_path).schedule().train(MEMBERS)
    assert alive == [0, 0, 0, 0]


def test_a_checkpoint_gives_the_members_that_are_asked_for(tmp_path):
    """The third and fifth of five, as they were, and none of the others is built."""
    given = small(tmp_path)
    schedule = given.schedule()
    parts = schedule.blueprint, schedule.data, schedule.training, schedule.evaluation
    run = PackRun(parts[0], tuple(MEMBERS), *parts[1:])
    run.advance()
    run.save(tmp_path / "checkpoint", "fingerprint")
    asked = [MEMBERS[4], MEMBERS[2], replace(MEMBERS[1], seed=99)]
    found = PackRun.resume(tmp_path / "checkpoint", "fingerprint", *parts, among=asked)
    assert [record.member for record in found.records] == [MEMBERS[2], MEMBERS[4]]
    for name, parameter in run.model.named_parameters():
        assert torch.equal(dict(found.model.named_parameters())[name], parameter[[2, 4]])
        assert torch.equal(found.adam.second[name], run.adam.second[name][[2, 4]])
        assert torch.equal(found.records[1].state[name], run.records[4].state[name])
    (only,) = PackRun.resume(tmp_path / "checkpoint", "fingerprint", *parts, among=asked, at_most=1).records
    assert only.member == MEMBERS[2]
    assert PackRun.resume(tmp_path / "checkpoint", "fingerprint", *parts, among=[asked[2]]) is None
