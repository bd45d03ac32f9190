"""How many members fit: the arithmetic, and that a trial of one and two members foretells a pack."""

from dataclasses import replace
from types import SimpleNamespace

import pytest
import torch

from small import BACKBONES, METHODS, Small, blueprint, data, member
from spectran.config.training import Compute, Evaluation, Training
from spectran.training.memory import members_that_fit, trial
from spectran.training.pack import PackRun

TRAINING = Training(batch=16, negatives=5)
EVERY_ITEM = Training(batch=16, negatives="all", exclude="history")
#: Every backbone with IDs alone, and what keeps most beside them: a deep adapter, and teachers.
CELLS = [
    (b, m) for b in BACKBONES for m in ("base", "spectran", "llm-esr", "whitenrec") if b == "sasrec" or m == "base"
]


@pytest.mark.parametrize(
    ("free", "expected"),
    [(0, 1), (1_000, 1), (1_625, 4), (1_624, 3), (100_000, 1 + 79_000 // 100)],
)
def test_the_rest_of_the_memory_is_shared_out(free, expected):
    # 1,000 bytes for one member, 100 for each further one, and 80 % of the memory to plan with.
    assert members_that_fit(free, lambda count: 900 + 100 * count) == expected


def test_where_two_do_not_fit_one_is_tried():
    def peak(count):
        if count == 2:
            raise torch.OutOfMemoryError
        return 1

    assert members_that_fit(10**9, peak) == 1


def test_a_gpus_pack_is_as_large_as_its_memory(tmp_path, monkeypatch):
    """With a made-up GPU that held 5,000 bytes before; see the test above for the rest of its numbers."""
    highest = [9_999_999]
    made_up = {
        "empty_cache": lambda: None,
        "mem_get_info": lambda device: (1_625, 80_000),
        "memory_allocated": lambda device: 5_000,
        "reset_peak_memory_stats": lambda device: highest.append(5_000),
        "max_memory_allocated": lambda device: highest[-1],
    }
    for name, function in made_up.items():
        monkeypatch.setattr(torch.cuda, name, function)
    monkeypatch.setattr("spectran.training.schedule.trial", lambda *parts: highest.append(5_900 + 100 * parts[-1]))
    schedule = Small(tmp_path, METHODS["base"], compute=Compute(device="cuda")).schedule()
    schedule = replace(schedule, data=SimpleNamespace(sequences=SimpleNamespace(device=torch.device("cuda"))))
    sizes = [schedule._pack_size([member(k) for k in range(pending)]) for pending in (1, 3, 10)]
    assert sizes == [1, 3, 4]


def cpu_peak(work):
    """Bytes that `work` allocates at most."""
    with torch.profiler.profile(activities=[torch.profiler.ProfilerActivity.CPU], profile_memory=True) as profile:
        work()
    running = peak = 0
    for event in profile.profiler.kineto_results.events():
        if event.name() == "[memory]":
            running += event.nbytes()
            peak = max(peak, running)
    assert peak > 0
    return peak


@pytest.mark.parametrize(
    ("backbone", "method", "training"),
    [*((backbone, method, TRAINING) for backbone, method in CELLS), ("sasrec", "base", EVERY_ITEM)],
)
def test_a_trial_foretells_what_a_pack_takes(tmp_path, backbone, method, training):
    plan, inputs, evaluation = blueprint(tmp_path, METHODS[method], BACKBONES[backbone]), data(), Evaluation()
    members = tuple(member(k, dropout=0.1 * k, mask_ratio=(0.2, 0.6)[k % 2]) for k in range(6))
    # What is allocated once and kept (frozen text, read from disk) is there already.
    PackRun(plan, members[:1], inputs, training, evaluation).advance()
    one, two = (cpu_peak(lambda n=n: trial(plan, inputs, training, evaluation, members, n)) for n in (1, 2))
    found = cpu_peak(lambda: PackRun(plan, members, inputs, training, evaluation).advance())
    assert found <= 1.1 * (one + 5 * (two - one))
    assert found > 0.6 * (one + 5 * (two - one))


def test_a_trial_takes_the_longest_sequences(tmp_path, monkeypatch):
    seen = []
    monkeypatch.setattr("spectran.training.memory.TRIAL_USERS", 20)
    monkeypatch.setattr(PackRun, "advance", lambda run: seen.append(run))
    inputs = data()
    trial(blueprint(tmp_path, METHODS["base"]), inputs, TRAINING, Evaluation(), [member(0), member(1, dropout=0.5)], 3)
    (run,) = seen
    lengths = (inputs.sequences < inputs.n_items).sum(dim=1).sort(descending=True).values
    assert (run.data.sequences < inputs.n_items).sum(dim=1).tolist() == lengths[:20].tolist()
    assert [record.member.dropout for record in run.records] == [0.5] * 3
    assert len(run.data.known) == len(run.data.validation) == 20
