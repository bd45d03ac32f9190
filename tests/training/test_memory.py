"""How many members are trained together: what is predicted, what is free, the cut, and what its log lines say."""

import gc
import logging
import re
from dataclasses import replace
from types import SimpleNamespace

import psutil
import pytest
import torch

from small import BACKBONES, METHODS, Small, blueprint, data, member
from spectran.config.methods import LLMESR
from spectran.config.training import Compute, Evaluation, Training, Tuning
from spectran.io import read_json
from spectran.models.similar_users import similar_users
from spectran.sealed import load_tensors
from spectran.training import schedule as schedules
from spectran.training.cell import train_cell, write_cell
from spectran.training.memory import Need, PackLimit, trial
from spectran.training.pack import PackRun
from spectran.training.peak import CpuMeter, GpuMeter
from spectran.training.room import control_group_rooms, free_bytes
from spectran.training.step import Learner

CPU, GPU = torch.device("cpu"), torch.device("cuda")
MB = 2**20
NEED = Need(100 * MB, 10 * MB)
TRAINING = Training(batch=16, negatives=5)
EVERY_ITEM = Training(batch=16, negatives="all", exclude="history")
#: Every backbone with IDs alone, and what keeps most beside them: a deep adapter, and teachers.
CELLS = [
    (b, m) for b in BACKBONES for m in ("base", "spectran", "llm-esr", "whitenrec") if b == "sasrec" or m == "base"
]


@pytest.mark.parametrize(
    ("free", "expected"),
    [(0, 0), (1_249, 0), (1_250, 1), (1_624, 3), (1_625, 4), (100_000, 1 + 79_000 // 100)],
)
def test_the_rest_of_the_memory_is_shared_out(free, expected):
    # 1,000 bytes for one member, 100 for each further one, and 80 % of the memory to plan with.
    assert Need(1_000, 100).members(free) == expected


def test_a_need_is_that_of_one_and_what_the_second_adds():
    """What the first finds for all, in 500 bytes, packs do not find again."""
    peaks = iter([(1, 1_500), (1, 1_000), (2, 1_100)])

    def peak(count):
        expected, found = next(peaks)
        assert count == expected
        return found

    need = Need.measured(peak, wanted=3)
    assert need == Need(1_000, 100)
    assert [need.of(members) for members in (1, 2, 24)] == [1_000, 1_100, 3_300]


def test_the_need_of_one_takes_one_trial():
    assert Need.measured({1: 1_000}.__getitem__, wanted=1).of(1) == 1_000


@pytest.mark.parametrize("error", [torch.OutOfMemoryError(), MemoryError(), RuntimeError("can't allocate memory: 9")])
def test_where_a_trial_runs_out_of_memory_nothing_is_known(error):
    def peak(count):
        if count == 2:
            raise error
        return 1

    assert Need.measured(peak, wanted=2) is None
    assert Need.measured(peak, wanted=1) is not None


def test_another_error_of_a_trial_is_raised():
    def peak(_):
        raise RuntimeError("shapes differ")

    with pytest.raises(RuntimeError, match="shapes differ"):
        Need.measured(peak, wanted=1)


@pytest.mark.parametrize(
    ("free", "need", "members", "level", "line"),
    [
        (1_000, NEED, 24, "INFO", "cell: 24 together are predicted to take 330 MB, 1000 MB are free"),
        (
            200,
            NEED,
            7,
            "WARNING",
            "cell: 24 together are predicted to take 330 MB, 200 MB are free: pack cut to 7, 160 MB",
        ),
        (90, NEED, 1, "WARNING", "cell: one member is predicted to take 100 MB, 90 MB are free; trying one"),
        (90, None, 1, "WARNING", "cell: memory ran out in a trial of one and two members; 90 MB were free; trying one"),
    ],
)
def test_a_pack_is_cut_once_and_said_in_a_line(caplog, free, need, members, level, line):
    caplog.set_level(logging.INFO)
    limit, asked = PackLimit(), []

    def measure(wanted):
        asked.append(wanted)
        return free * MB, need

    assert [limit.of(wanted, measure, "cell") for wanted in (24, 5, 1)] == [members, min(5, members), 1]
    assert asked == [24]
    assert [(record.levelname, record.getMessage()) for record in caplog.records] == [(level, line)]
    assert limit.predicted == (need and need.of(members))


@pytest.mark.parametrize(
    ("free", "need", "level", "line"),
    [
        (200, NEED, "INFO", "cell: one member is predicted to take 100 MB, 200 MB are free"),
        (90, NEED, "WARNING", "cell: one member is predicted to take 100 MB, 90 MB are free; trying one"),
        (90, None, "WARNING", "cell: memory ran out in a trial of one member; 90 MB were free; trying one"),
    ],
)
def test_one_member_is_predicted_once_and_tried(caplog, free, need, level, line):
    caplog.set_level(logging.INFO)
    limit, asked = PackLimit(), []
    assert [limit.of(1, lambda _: asked.append(1) or (free * MB, need), "cell") for _ in range(3)] == [1, 1, 1]
    assert len(asked) == 1
    assert [(record.levelname, record.getMessage()) for record in caplog.records] == [(level, line)]
    assert limit.predicted == (need and 100 * MB)


def test_several_after_one_are_predicted_again():
    limit, asked = PackLimit(), []
    assert [limit.of(n, lambda w: asked.append(w) or (200 * MB, NEED), "cell") for n in (1, 24, 9)] == [1, 7, 7]
    assert asked == [1, 24]
    assert limit.predicted == 100 * MB, "of the first pack"


def test_a_halved_pack_stays_halved():
    limit = PackLimit()
    assert limit.of(24, lambda _: (10**9, Need(1, 1)), "cell") == 24
    assert limit.halve(9) == 4
    assert limit.of(24, lambda _: pytest.fail("measured again"), "cell") == 4
    assert limit.halve(1) == 1


@pytest.mark.parametrize(("pack", "expected"), [("auto", [1, 3, 4]), (2, [1, 2, 2]), (24, [1, 3, 4])])
def test_a_gpus_pack_is_as_large_as_its_memory(tmp_path, monkeypatch, pack, expected):
    """With a made-up GPU that held 5,000 bytes before; 1,000 bytes for one member, 100 for each further one."""
    highest = [9_999_999]
    made_up = {
        "empty_cache": lambda: None,
        "mem_get_info": lambda device: (1_625, 80_000),
        "memory_reserved": lambda device: 5_000,
        "reset_peak_memory_stats": lambda device: highest.append(5_000),
        "max_memory_reserved": lambda device: highest[-1],
    }
    for name, function in made_up.items():
        monkeypatch.setattr(torch.cuda, name, function)
    monkeypatch.setattr("spectran.training.peak.gc.collect", lambda: 0)  # of a made-up GPU there is nothing to free
    monkeypatch.setattr(schedules, "trial", lambda *parts, graphs: highest.append(5_900 + 100 * parts[-1]))
    small = Small(tmp_path, METHODS["base"], compute=Compute(device="cuda", pack=pack))
    sizes = []
    for pending in (1, 3, 10):
        schedule = replace(small.schedule(), data=SimpleNamespace(sequences=SimpleNamespace(device=GPU)))
        sizes.append(schedule._pack_size([member(k) for k in range(pending)]))
    assert sizes == expected


@pytest.mark.parametrize(("pack", "expected"), [("auto", [1, 3, 4, 4]), (2, [1, 2, 2, 2]), (24, [1, 3, 6, 9])])
def test_a_cpus_pack_is_four_unless_asked_otherwise(tmp_path, monkeypatch, pack, expected):
    monkeypatch.setattr(schedules, "trial", lambda *parts, graphs: None)
    small = Small(tmp_path, METHODS["base"], compute=Compute(device="cpu", pack=pack))
    assert [small.schedule()._pack_size([member(k) for k in range(n)]) for n in (1, 3, 6, 9)] == expected


@pytest.mark.parametrize(("cells", "expected"), [(1, 60_000), (2, 40_000), (8, 10_000)])
def test_cells_that_share_a_gpu_plan_with_a_part_each(monkeypatch, cells, expected):
    monkeypatch.setattr(torch.cuda, "mem_get_info", lambda device: (60_000, 80_000))
    assert free_bytes(GPU, Compute(device="cuda", cells_per_gpu=cells)) == expected


def test_what_a_cpu_has_left_is_the_least_of_its_limits(monkeypatch):
    monkeypatch.setattr(psutil, "virtual_memory", lambda: SimpleNamespace(available=5_000 * MB))
    monkeypatch.setattr(psutil, "Process", lambda: SimpleNamespace(memory_info=lambda: SimpleNamespace(data=300 * MB)))
    groups = []
    monkeypatch.setattr("spectran.training.room.control_group_rooms", lambda: groups)
    assert free_bytes(CPU, Compute()) == 5_000 * MB
    assert free_bytes(CPU, Compute(max_memory_mb=1_000)) == 700 * MB
    assert free_bytes(CPU, Compute(max_memory_mb=200)) == 0
    groups.append(600 * MB)
    assert free_bytes(CPU, Compute(max_memory_mb=1_000)) == 600 * MB


def test_control_groups_limit_what_is_inside_them(tmp_path):
    """A job of a batch system within its user's slice: each may have a limit."""
    root, process = tmp_path / "cgroup", tmp_path / "process"
    process.write_text("4:memory:/old\n0::/user/job\n")
    limits = {root: None, root / "user": "max\n", root / "user" / "job": "5000\n", tmp_path: "1\n"}
    for folder, limit in limits.items():
        folder.mkdir(parents=True, exist_ok=True)
        if limit:
            (folder / "memory.max").write_text(limit)
            (folder / "memory.stat").write_text("anon 1200\nfile 3000\n")
    assert list(control_group_rooms(process, root)) == [3_800]
    (root / "user" / "memory.max").write_text("4000\n")
    assert list(control_group_rooms(process, root)) == [3_800, 2_800]
    process.write_text("0::/\n")
    assert list(control_group_rooms(process, root)) == []
    assert list(control_group_rooms(tmp_path / "none", root)) == []


def test_a_meter_adds_up_what_is_held_at_a_time(capfd):
    """4 MB kept of the first work, then 8 MB that are freed, then numbers, their exponentials and gradients of 1 MB."""
    kept, meter = [], CpuMeter()

    def first():
        kept.append(torch.ones(MB))

    def second():
        torch.ones(2 * MB).sum()
        torch.ones(MB).sum()

    assert meter.peak(first) == pytest.approx(4 * MB, abs=1_000)
    assert meter.peak(second) == pytest.approx(12 * MB, abs=1_000)
    backward = meter.peak(lambda: torch.ones(512, 512, requires_grad=True).exp().sum().backward())
    assert backward == pytest.approx(7 * MB, abs=1_000)
    assert capfd.readouterr().err == ""


def test_an_error_within_a_measured_work_is_raised_and_the_meter_goes_on():
    meter = CpuMeter()
    with pytest.raises(MemoryError):
        meter.peak(lambda: (_ for _ in ()).throw(MemoryError))
    assert meter.peak(lambda: torch.ones(MB).sum()) == pytest.approx(4 * MB, abs=1_000)


def test_a_gpus_meter_counts_from_where_it_was_made(monkeypatch):
    held = iter([5_000])
    monkeypatch.setattr(torch.cuda, "empty_cache", lambda: None)
    monkeypatch.setattr(torch.cuda, "memory_reserved", lambda device: next(held))
    monkeypatch.setattr(torch.cuda, "reset_peak_memory_stats", lambda device: None)
    monkeypatch.setattr(torch.cuda, "max_memory_reserved", lambda device: 7_000)
    meter = GpuMeter(GPU)
    assert [meter.peak(lambda: None), meter.peak(lambda: None)] == [2_000, 2_000]


@pytest.mark.parametrize(
    ("backbone", "method", "training"),
    [*((backbone, method, TRAINING) for backbone, method in CELLS), ("sasrec", "base", EVERY_ITEM)],
)
def test_a_trial_foretells_what_a_pack_takes(tmp_path, backbone, method, training):
    """Within a tenth above and a quarter below, for one and for five."""
    plan, inputs, evaluation = blueprint(tmp_path, METHODS[method], BACKBONES[backbone]), data(), Evaluation()
    members = tuple(member(k, dropout=0.1 * k, mask_ratio=(0.2, 0.6)[k % 2]) for k in range(6))
    meter = CpuMeter()
    need = Need.measured(lambda n: meter.peak(lambda: trial(plan, inputs, training, evaluation, members, n)), wanted=6)
    for count in (1, 5):
        pack = members[-count:]  # the last drops most
        found = meter.peak(lambda p=pack: PackRun(plan, p, inputs, training, evaluation).advance())
        assert 0.75 * need.of(count) < found < 1.1 * need.of(count)


def test_what_a_method_computes_of_all_users_is_foretold(tmp_path):
    """Two thousand of them, whose comparison takes more than a step: in a cell of one member, and before packs."""
    few, evaluation, training = data(), Evaluation(), Training(batch=256, negatives=5)
    many = {"sequences": few.sequences.repeat(50, 1), "seen": few.seen.repeat(50, 1), "items": few.items.repeat(50)}
    inputs, method, members = replace(few, **many), LLMESR(teacher="epoch"), [member(k) for k in range(3)]
    meter = CpuMeter()

    def foretold(plan, wanted):
        peak = lambda n: meter.peak(lambda: trial(plan, inputs, training, evaluation, members, n))  # noqa: E731
        return Need.measured(peak, wanted).of(wanted)

    def found(plan, count):
        return meter.peak(lambda: PackRun(plan, tuple(members[:count]), inputs, training, evaluation).advance())

    plan, fresh = (blueprint(tmp_path, method) for _ in range(2))
    alone = foretold(plan, 1)
    assert 0.75 * alone < found(fresh, 1) < 1.1 * alone
    assert found(fresh, 1) < 0.5 * alone, "they are kept"
    together = foretold(blueprint(tmp_path, method), 3)
    assert 0.75 * together < found(fresh, 3) < 1.1 * together


@pytest.mark.parametrize(
    ("backbone", "method", "pack"), [("bert4rec", "base", 1), ("sasrec", "spectran", 2), ("sasrec", "llm-esr", 1)]
)
def test_a_trial_changes_no_bit_of_a_member_or_a_checkpoint(tmp_path, monkeypatch, backbone, method, pack):
    compute = Compute(device="cpu", pack=pack, checkpoint_seconds=0)
    small = Small(tmp_path, METHODS[method], BACKBONES[backbone], compute=compute)
    members = [member(k, dropout=0.1 * k) for k in range(2)]
    saved, save, trials = {"with": [], "without": []}, PackRun.save, []

    def noted(run, path, fingerprint):
        save(run, path, fingerprint)
        tensors, facts = load_tensors(path, fingerprint)
        curves = [record["rows"] for record in facts["records"]]
        saved[path.parent.name].append(({name: tensor.numpy().tobytes() for name, tensor in tensors.items()}, curves))

    monkeypatch.setattr(PackRun, "save", noted)
    monkeypatch.setattr(schedules, "trial", lambda *parts, graphs: trials.append(trial(*parts, graphs=graphs)))
    found = small.schedule("with").train(members)
    assert len(trials) == (1 if pack == 1 else 3)
    monkeypatch.setattr(schedules, "trial", lambda *parts, graphs: None)
    expected = small.schedule("without").train(members)
    assert saved["with"] == saved["without"]
    assert len(saved["with"]) >= 3
    for one in members:
        assert found[one].rows == expected[one].rows
        assert all(torch.equal(tensor, expected[one].state[name]) for name, tensor in found[one].state.items())


@pytest.mark.parametrize("method", ["spectran", "llm-esr"])
def test_a_trial_leaves_nothing_to_collect(tmp_path, method):
    """What it held is free at once; but for the similar users, who are kept."""
    plan, inputs, meter = blueprint(tmp_path, METHODS[method]), data(), CpuMeter()
    gc.disable()
    try:
        meter.peak(lambda: trial(plan, inputs, TRAINING, Evaluation(), [member(0)], 2))
        assert meter.peak(lambda: None) <= (inputs.histories.shape[0] * 10 * 8 if method == "llm-esr" else 0)
    finally:
        gc.enable()


def test_similar_users_are_found_once_for_a_cell(tmp_path, monkeypatch):
    """In the trial: every member trains alone, and the search takes a time that grows with the square of the users."""
    searches = []
    monkeypatch.setattr(
        "spectran.models.features.similar_users", lambda *parts: searches.append(1) or similar_users(*parts)
    )
    small = Small(tmp_path, METHODS["llm-esr"])
    schedule = small.schedule()
    schedule.train([member(0), member(1)])
    assert len(searches) == 1
    text, users = schedule.blueprint.features, schedule.data.histories
    rows = torch.tensor(text.scaled(1.0))
    assert torch.equal(text.similar_users(users.flip(0), rows, 3), similar_users(users.flip(0), rows, 3))
    assert torch.equal(text.similar_users(users, rows, 3), similar_users(users, rows, 3))
    assert torch.equal(text.similar_users(users, rows, 4), similar_users(users, rows, 4))
    assert len(searches) == 4


def test_a_cells_record_says_what_was_predicted(tmp_path, monkeypatch):
    """Null where nothing was left to train."""
    monkeypatch.setattr(schedules.Need, "measured", lambda peak, wanted: NEED)
    small, tuning = Small(tmp_path, METHODS["base"]), Tuning(dropout=(0.1,))
    for expected in (100.0, None):
        schedule = small.schedule()
        write_cell(tmp_path / "cell", train_cell(schedule, tuning, (0, 1)), schedule)
        assert read_json(tmp_path / "cell" / "training.json")["cost"]["predicted_memory_mb"] == expected


def test_a_trial_takes_the_heaviest_batch_of_the_first_epoch(tmp_path, monkeypatch):
    monkeypatch.setattr("spectran.training.memory.ENCODED", 15)
    plan, inputs = blueprint(tmp_path, METHODS["base"]), data()
    batches, train = [], Learner.step
    monkeypatch.setattr(Learner, "step", lambda *parts: batches.append(parts[1][0].tolist()) or train(*parts))
    PackRun(plan, (member(3),), inputs, TRAINING, Evaluation()).advance()
    sums = [int(inputs.items[users].sum()) for users in batches]
    assert len(set(sums)) > 1
    monkeypatch.setattr(PackRun, "advance", lambda *parts: seen.append(parts))
    seen = []
    trial(plan, inputs, TRAINING, Evaluation(), [member(3), member(1, dropout=0.5)], 3)
    ((run, users),) = seen
    assert users.tolist() == batches[sums.index(max(sums))]
    assert run.data.sequences is inputs.sequences, "everyone is there, for what a method computes of all users"
    known = (inputs.known < inputs.n_items).sum(dim=1).split(15)
    heaviest = max(range(3), key=lambda part: int(known[part].sum()))
    assert torch.equal(run.data.known, inputs.known.split(15)[heaviest])
    assert torch.equal(run.data.validation, inputs.validation.split(15)[heaviest])
    assert [record.member.dropout for record in run.records] == [0.5] * 3


def test_a_cells_pack_is_cut_to_the_memory_that_is_left(tmp_path, monkeypatch, caplog):
    """Three fit of five: a pack of three, then one of two, and the trial is made once."""
    small = Small(tmp_path, METHODS["base"], compute=Compute(device="cpu", pack=24))
    members = [member(k) for k in range(5)]
    whole = small.schedule("whole").train(members)
    packs, build = [], PackRun.__init__
    trials = []
    monkeypatch.setattr(schedules, "trial", lambda *parts, graphs: trials.append(parts[-1]))
    needs = iter([Need(100 * MB, 50 * MB)])
    monkeypatch.setattr(schedules.Need, "measured", lambda peak, wanted: (peak(1), peak(2), next(needs))[-1])
    monkeypatch.setattr(schedules, "free_bytes", lambda device, compute: 275 * MB)

    def noted(run, plan, given, *parts, **options):
        packs.append(len(given))
        build(run, plan, given, *parts, **options)

    monkeypatch.setattr(PackRun, "__init__", noted)
    cut = small.schedule("cut").train(members)
    assert packs == [3, 2]
    assert trials == [1, 2]
    line = r"small: 5 together are predicted to take 300 MB, 275 MB are free: pack cut to 3, 200 MB"
    assert [bool(re.fullmatch(line, record.getMessage())) for record in caplog.records] == [True]
    for one in members:
        assert cut[one].rows[-1]["loss"] == pytest.approx(whole[one].rows[-1]["loss"], rel=1e-9)
