"""A pack of K gives what K single runs give; interruptions and leaving members change nothing."""

from dataclasses import replace

import pytest
import torch

from small import BACKBONES, METHODS, Small, member
from spectran.config.methods import SpecTran
from spectran.config.training import Compute, Training
from spectran.sealed import load_tensors
from spectran.training.members_file import save_members
from spectran.training.pack import CHECKPOINT, PackRun

MEMBERS = [
    member(0, dropout=0.3, weight_decay=1e-3, mask_ratio=0.2),
    member(1, dropout=0.0, learning_rate=3e-2, mask_ratio=0.6),
    member(2, dropout=0.1, id_scale=1.0, mask_ratio=0.4),
]
#: Every method on one backbone; on the others one of IDs alone, SpecTran, and the one that mixes a sequence's vectors
#: and adds to the loss.
CELLS = [
    pytest.param(b, m, id=f"{m}-{b}")
    for b in BACKBONES
    for m in METHODS
    if b == "sasrec" or m in {"base", "spectran", "llm-esr"}
]
#: The same sums in another order: a few units in the last place of float64, grown over some twenty Adam steps.
TOLERANCE = 1e-9
#: A key's bias adds the same to all scores of a query, so softmax forgets it: its true gradient is zero, and Adam makes
#: steps of the learning rate out of rounding noise. It changes no output, and is left out of the comparison.
WITHOUT_EFFECT = "key.bias"


def assert_same_state(one, a, b):
    for name, tensor in a.state.items():
        if WITHOUT_EFFECT not in name:
            torch.testing.assert_close(tensor, b.state[name], rtol=TOLERANCE, atol=TOLERANCE, msg=f"{one} {name}")


@pytest.mark.parametrize(("backbone", "method"), CELLS)
def test_a_pack_equals_single_runs(tmp_path, backbone, method):
    small = Small(tmp_path, METHODS[method], BACKBONES[backbone])
    single = small.schedule("single").train(MEMBERS)
    packed = replace(small, compute=Compute(device="cpu", pack=3)).schedule("packed").train(MEMBERS)
    for one in MEMBERS:
        a, b = single[one], packed[one]
        assert a.best_epoch == b.best_epoch
        assert_same_state(one, a, b)
        for row, other in zip(a.rows, b.rows, strict=True):
            assert row == pytest.approx(other, rel=1e-8)


@pytest.mark.parametrize("positional", ["identity", "none"])
def test_a_method_without_parameters_can_lose_members_too(tmp_path, positional):
    method = SpecTran(fusion="text_only", attention=False, positional=positional)
    training = Training(batch=16, epochs=12, patience=1, negatives=5)
    small = Small(tmp_path, method, training=training, compute=Compute(device="cpu", pack=3))
    outcomes = small.schedule().train(MEMBERS)
    assert len({len(outcome.rows) for outcome in outcomes.values()}) > 1


def test_members_really_differ(tmp_path):
    outcomes = Small(tmp_path, METHODS["spectran"]).schedule().train(MEMBERS)
    losses = {outcome.rows[-1]["loss"] for outcome in outcomes.values()}
    assert len(losses) == len(MEMBERS)


def test_a_member_that_leaves_changes_nothing_for_the_rest(tmp_path):
    training = Training(batch=16, epochs=12, patience=1, negatives=5)
    small = Small(tmp_path, METHODS["spectran"], training=training, compute=Compute(device="cpu", pack=3))
    packed = small.schedule("packed").train(MEMBERS)
    lengths = [len(packed[one].rows) for one in MEMBERS]
    assert len(set(lengths)) > 1, "the example must have members that stop at different epochs"
    single = replace(small, compute=Compute(device="cpu", pack=1)).schedule("single").train(MEMBERS)
    for one in MEMBERS:
        assert len(single[one].rows) == len(packed[one].rows)
        assert_same_state(one, single[one], packed[one])


class StoppedError(Exception):
    """The power went."""


@pytest.mark.parametrize("pack", [1, 3])
@pytest.mark.parametrize(("backbone", "method"), CELLS)
def test_an_interrupted_run_resumes_to_the_same_bits(tmp_path, monkeypatch, backbone, method, pack):
    compute = Compute(device="cpu", pack=pack, checkpoint_seconds=0)
    small = Small(tmp_path, METHODS[method], BACKBONES[backbone], compute=compute)
    unbroken = small.schedule("unbroken").train(MEMBERS)
    advance, calls = PackRun.advance, []

    def interrupted(run):
        calls.append(run.epoch)
        if len(calls) in {2, 4, 5}:
            raise StoppedError
        return advance(run)

    monkeypatch.setattr(PackRun, "advance", interrupted)
    monkeypatch.setattr("spectran.training.schedule.trial", lambda *parts, graphs: None)
    stops = 0
    while True:
        try:
            resumed = small.schedule("broken").train(MEMBERS)
            break
        except StoppedError:
            stops += 1
    assert stops == 3
    assert len(calls) - stops == (4 if pack == 3 else 12), "an epoch was lost or done twice"
    for one in MEMBERS:
        assert {n: t.numpy().tobytes() for n, t in resumed[one].state.items()} == {
            n: t.numpy().tobytes() for n, t in unbroken[one].state.items()
        }
        assert resumed[one].rows == unbroken[one].rows


def test_state_of_other_settings_is_not_taken_up(tmp_path):
    small = Small(tmp_path, METHODS["base"])
    schedule = small.schedule()
    run = PackRun(schedule.blueprint, (MEMBERS[0],), schedule.data, small.training, schedule.evaluation)
    run.advance()
    run.save(tmp_path / CHECKPOINT, "fingerprint")
    assert load_tensors(tmp_path / CHECKPOINT, "fingerprint") is not None
    assert load_tensors(tmp_path / CHECKPOINT, "another") is None


def test_what_is_finished_is_not_trained_again(tmp_path, monkeypatch):
    small = Small(tmp_path, METHODS["base"])
    first = small.schedule().train(MEMBERS[:2])
    monkeypatch.setattr(PackRun, "advance", lambda run: pytest.fail("trained again"))
    again = small.schedule().train(MEMBERS[:2])
    assert [o.rows for o in again.values()] == [o.rows for o in first.values()]


def test_a_resumed_pack_may_be_smaller_than_it_was(tmp_path):
    small = Small(tmp_path, METHODS["spectran"], compute=Compute(device="cpu", pack=3))
    unbroken = small.schedule("unbroken").train(MEMBERS)
    stopped = small.schedule("stopped")
    run = PackRun(stopped.blueprint, tuple(MEMBERS), stopped.data, small.training, stopped.evaluation)
    run.advance()
    run.save(stopped.state / CHECKPOINT, "fingerprint")
    resumed = replace(small, compute=Compute(device="cpu", pack=2)).schedule("stopped").train(MEMBERS)
    for one in MEMBERS:
        assert_same_state(one, unbroken[one], resumed[one])
        assert len(resumed[one].rows) == len(unbroken[one].rows)


def test_damaged_state_is_passed_over(tmp_path, caplog):
    small = Small(tmp_path, METHODS["base"])
    whole = small.schedule().train(MEMBERS[:2])
    files = sorted((tmp_path / "state").glob("member-*"))
    files[0].write_bytes(files[0].read_bytes()[:100])
    files[1].write_bytes(b"")
    (tmp_path / "state" / CHECKPOINT).write_bytes(b"\xff" * 64)
    again = small.schedule().train(MEMBERS[:2])
    assert "damaged" in caplog.text
    assert [o.rows for o in again.values()] == [o.rows for o in whole.values()]


def test_two_runs_write_the_same_bytes(tmp_path):
    small = Small(tmp_path, METHODS["spectran"])
    for name in ("a", "b"):
        outcome = small.schedule(name, dtype=torch.float32).train(MEMBERS[:1])[MEMBERS[0]]
        save_members(tmp_path / f"{name}.safetensors", [outcome])
    assert (tmp_path / "a.safetensors").read_bytes() == (tmp_path / "b.safetensors").read_bytes()
