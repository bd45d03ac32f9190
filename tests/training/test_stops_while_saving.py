"""A stop at any file that training writes: a rerun trains every member in the company that it had, to the last bit."""

import math
from dataclasses import dataclass, field, replace

import pytest
import torch

from small import METHODS, Small, member
from spectran.config.training import Compute, Training
from spectran.training import outcome, pack
from spectran.training.pack import CHECKPOINT, PackRun

#: Packs of four; no checkpoints by the clock, only those that members' leaving brings about.
COMPUTE = Compute(device="cpu", pack=4, checkpoint_seconds=1e9)
#: They run out of patience in different epochs.
MEMBERS = [member(k, dropout=0.1 * k) for k in range(6)]


class StoppedError(Exception):
    """Stands for a kill."""


@dataclass
class Writes:
    """Notes files and companies; stops in place of writing the file of this number, counted from 0."""

    stop: int = -1
    files: list[str] = field(default_factory=list)
    companies: dict[tuple[int, ...], list[int]] = field(default_factory=dict)

    def install(self, monkeypatch: pytest.MonkeyPatch) -> "Writes":
        save, advance = outcome.save_tensors, PackRun.advance

        def writing(path, *parts):
            self.files.append(path.name)
            if len(self.files) - 1 == self.stop:
                raise StoppedError
            save(path, *parts)

        def noted(run):
            self.companies.setdefault(tuple(record.member.seed for record in run.records), []).append(run.epoch + 1)
            advance(run)

        for module in (outcome, pack):
            monkeypatch.setattr(module, "save_tensors", writing)
        monkeypatch.setattr(PackRun, "advance", noted)
        return self


def small(folder) -> Small:
    """A cell of theirs."""
    training = Training(batch=16, epochs=8, patience=1, negatives=5)
    return Small(folder, METHODS["spectran"], training=training, compute=COMPUTE)


def train(folder, state, members, monkeypatch, stop=-1):
    """Outcomes, or None where it was stopped; and what was written meanwhile."""
    with monkeypatch.context() as patch:
        patch.setattr("spectran.training.schedule.trial", lambda *parts, graphs: None)
        writes = Writes(stop).install(patch)
        try:
            return small(folder).schedule(state, dtype=torch.float32).train(members), writes
        except StoppedError:
            return None, writes


@pytest.mark.parametrize("diverges", [False, True])
def test_companies_and_bytes_are_those_of_an_unbroken_run(tmp_path, monkeypatch, diverges):
    members = [replace(one, learning_rate=math.inf) if diverges and one.seed == 2 else one for one in MEMBERS]
    unbroken, whole = train(tmp_path, "unbroken", members, monkeypatch)
    lengths = [len(unbroken[one].rows) for one in members[:4]]
    assert len(set(lengths)) > 1, "the example must have members that stop at different epochs"
    assert CHECKPOINT in whole.files
    assert len({company[:1] for company in whole.companies}) > 1, "the example must have two packs"
    for stop in range(len(whole.files)):
        state = f"stop-{stop}"
        none, before = train(tmp_path, state, members, monkeypatch, stop)
        assert none is None
        assert before.files == whole.files[: stop + 1]
        found, after = train(tmp_path, state, members, monkeypatch)
        for company, epochs in after.companies.items():
            assert set(epochs) <= set(whole.companies[company]), f"stopped at {whole.files[stop]}"
        for one, expected in unbroken.items():
            assert repr(found[one].rows) == repr(expected.rows)
            assert found[one].state.keys() == expected.state.keys()
            for name, tensor in expected.state.items():
                assert found[one].state[name].numpy().tobytes() == tensor.numpy().tobytes()
