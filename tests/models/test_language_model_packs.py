"""A language model's packs: members are as if alone, leave, are interrupted and stored like those of any backbone."""

from dataclasses import replace

import pytest
import torch

from small import Small, member
from spectran.config.methods import Base
from spectran.config.training import Compute, Training
from spectran.training.members_file import load_members, save_members
from spectran.training.pack import PackRun
from tiny_language_models import saved

MEMBERS = [
    member(0, dropout=0.3, weight_decay=1e-3),
    member(1, dropout=0.0, learning_rate=3e-2),
    member(2, dropout=0.1),
]
TRAINING = Training(batch=16, epochs=2, patience=1, negatives=5)
FILTER = {"cutoff": 0.4, "dropout": 0.2}
CASES = {
    "bert-filter": ("bert", {"temporal_filter": FILTER}),
    "qwen2-learned": ("qwen2", {"temporal_filter": FILTER | {"learned": True, "dropout": None}}),
    "mistral-last": ("mistral", {"unfrozen": {"last_blocks": 1}, "temporal_filter": FILTER}),
    "llama-lora": ("llama", {"unfrozen": {"lora_rank": 2}, "temporal_filter": FILTER}),
}
EVERY = pytest.mark.parametrize("case", CASES)


@pytest.fixture(autouse=True)
def as_a_job_trains(monkeypatch):
    """With deterministic algorithms; without the trial that predicts memory, to be quick."""
    monkeypatch.setattr("spectran.training.schedule.trial", lambda *parts, graphs: None)
    torch.set_deterministic_debug_mode("error")
    yield
    torch.set_deterministic_debug_mode("default")


@pytest.fixture
def small(tmp_path):
    def make(case):
        family, options = CASES[case]
        return Small(tmp_path, Base(), saved(tmp_path, family, **options), TRAINING)

    return make


@EVERY
def test_a_pack_equals_single_runs(small, case):
    cell = small(case)
    single = cell.schedule("single").train(MEMBERS)
    packed = replace(cell, compute=Compute(device="cpu", pack=2)).schedule("packed").train(MEMBERS)
    for one in MEMBERS:
        for name, tensor in single[one].state.items():
            torch.testing.assert_close(tensor, packed[one].state[name], rtol=1e-8, atol=1e-8, msg=f"{one} {name}")
        for row, other in zip(single[one].rows, packed[one].rows, strict=True):
            assert row == pytest.approx(other, rel=1e-8)


@pytest.mark.parametrize("case", ["llama-lora"])
def test_an_interrupted_run_resumes_to_the_same_bits(small, case, monkeypatch):
    cell = replace(small(case), compute=Compute(device="cpu", pack=2, checkpoint_seconds=0))
    unbroken = cell.schedule("unbroken").train(MEMBERS)
    advance, calls = PackRun.advance, []

    def interrupted(run):
        calls.append(run.epoch)
        if len(calls) == 2:
            raise KeyboardInterrupt
        return advance(run)

    monkeypatch.setattr(PackRun, "advance", interrupted)
    with pytest.raises(KeyboardInterrupt):
        cell.schedule("broken").train(MEMBERS)
    resumed = cell.schedule("broken").train(MEMBERS)
    for one in MEMBERS:
        assert {n: t.numpy().tobytes() for n, t in resumed[one].state.items()} == {
            n: t.numpy().tobytes() for n, t in unbroken[one].state.items()
        }


@EVERY
def test_stored_members_rank_as_they_did(small, case, tmp_path):
    cell = small(case)
    schedule = cell.schedule()
    outcome = schedule.train(MEMBERS[:1])[MEMBERS[0]]
    save_members(tmp_path / "members.safetensors", [outcome])
    model = load_members(tmp_path / "members.safetensors", schedule.blueprint, (MEMBERS[0],), torch.device("cpu"))
    found = {name: value[0] for name, value in model.named_parameters()}
    assert found.keys() == outcome.state.keys()
    assert not any("embed" in name or "rotary" in name for name in found)
    run = PackRun(schedule.blueprint, (MEMBERS[0],), schedule.data, TRAINING, schedule.evaluation)
    run.model = model
    metrics = run._validate()[0]
    assert metrics == {name: outcome.rows[outcome.best_epoch - 1][name] for name in metrics}
