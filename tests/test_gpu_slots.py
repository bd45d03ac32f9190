"""Real processes on devices that are only names: who is on which, and what is left when they are killed."""

import contextlib
import logging
import multiprocessing
import os
import signal
import time
from collections import Counter
from types import SimpleNamespace

import numpy as np
import pytest

from scripts._gpu import take_gpu
from spectran import gpu_slots
from spectran.gpu_slots import GpuPlaceError, Sharing, allocation_of, lock_folder, take
from spectran.supervision.run import Limits, run
from workflow_runs import TINY, run_study

FORK = multiprocessing.get_context("fork")


class Crowd:
    """Processes that take a place, say so in one file, stay until they may leave, and say that too."""

    def __init__(self, folder, devices, places) -> None:
        self.folder, self.devices, self.places = folder, devices, places
        self.said, self.processes = folder / "said", []
        self.said.touch()

    def start(self, count=1, *, whole=False, allocation="", stay=None):
        """Start some; they stay for so many seconds, or until `leave`."""
        sharing = Sharing(self.devices, self.places, self.folder, allocation)
        for _ in range(count):
            self.processes.append(FORK.Process(target=self._live, args=(sharing, whole, stay)))
            self.processes[-1].start()
        return self.processes[-count:]

    def _live(self, sharing, whole, stay):
        device = take(sharing, whole=whole)
        self._say("in", device, "whole" if whole else "light")
        if stay is None:
            while not (self.folder / f"leave{os.getpid()}").exists():
                time.sleep(0.005)
        else:
            time.sleep(stay)
        self._say("out", device, "whole" if whole else "light")

    def _say(self, *words):
        descriptor = os.open(self.said, os.O_WRONLY | os.O_APPEND)
        os.write(descriptor, " ".join([*words, str(os.getpid())]).encode() + b"\n")

    def leave(self, *processes):
        for process in processes:
            (self.folder / f"leave{process.pid}").touch()
            process.join(20)
            assert process.exitcode == 0

    def end(self):
        """Wait for all that leave by themselves."""
        until(lambda: not any(process.is_alive() for process in self.processes))

    def history(self):
        """(in or out, device, whole or light, process) in the order in which it happened."""
        return [line.split() for line in self.said.read_text().splitlines()]

    def entered(self, count):
        """The devices of all that have come in, once there are so many."""
        until(lambda: sum(said[0] == "in" for said in self.history()) >= count)
        found = [device for verb, device, *_ in self.history() if verb == "in"]
        assert len(found) == count
        return found


def until(condition, seconds=20):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.005)


def most_at_once(history, places):
    """Replay: the most jobs on each device at one time, where a whole one counts as all places."""
    inside, most = Counter(), Counter()
    for verb, device, kind, _ in history:
        inside[device] += (1 if verb == "in" else -1) * (places if kind == "whole" else 1)
        most[device] = max(most[device], inside[device])
    return dict(most)


@pytest.fixture
def crowd(tmp_path, monkeypatch):
    monkeypatch.setattr(gpu_slots, "LOOK", 0.01)
    crowds = []

    def make(devices, places):
        crowds.append(Crowd(tmp_path, devices, places))
        return crowds[-1]

    yield make
    for process in (process for made in crowds for process in made.processes):
        process.kill()
        process.join()


def test_devices_are_filled_before_they_are_shared_and_never_beyond(crowd):
    names = ["0", "GPU-5a3f", "MIG-GPU-7/1/0", "3"]
    jobs = crowd(names, 2)
    first = jobs.start(4)
    assert sorted(jobs.entered(4)) == sorted(names)
    second = jobs.start(4)
    assert Counter(jobs.entered(8)) == dict.fromkeys(names, 2)
    jobs.start(16, stay=0.02)
    jobs.leave(*first, *second)
    jobs.end()
    jobs.entered(24)
    assert most_at_once(jobs.history(), 2) == dict.fromkeys(names, 2)


def test_a_whole_job_is_alone_on_its_device(crowd):
    jobs = crowd(["0", "1"], 3)
    rng = np.random.default_rng(7)
    for number in rng.permutation(24):
        jobs.start(whole=number < 8, stay=0.02)
    jobs.end()
    jobs.entered(24)
    assert max(most_at_once(jobs.history(), 3).values()) <= 3


def test_with_one_place_every_job_is_alone(crowd):
    jobs = crowd(["0"], 1)
    jobs.start(3, stay=0.02)
    jobs.start(3, whole=True, stay=0.02)
    assert jobs.entered(6) == ["0"] * 6
    assert most_at_once(jobs.history(), 1) == {"0": 1}


def test_a_whole_job_that_waits_is_not_overtaken(crowd):
    jobs = crowd(["0"], 2)
    first, second = jobs.start(2)
    jobs.entered(2)
    (whole,) = jobs.start(whole=True)
    door = Sharing(["0"], 2, jobs.folder).door("0")
    until(lambda: door.exists() and not gpu_slots._is_free(door))
    jobs.start(3, stay=0.02)
    jobs.leave(first)
    time.sleep(0.1)
    jobs.entered(2)
    jobs.leave(second)
    jobs.entered(3)
    jobs.leave(whole)
    jobs.entered(6)
    kinds = [kind for verb, _, kind, _ in jobs.history() if verb == "in"]
    assert kinds == ["light", "light", "whole", "light", "light", "light"]
    assert most_at_once(jobs.history(), 2) == {"0": 2}


def test_a_whole_job_prefers_an_empty_device_and_then_the_least_busy(crowd):
    jobs = crowd(["0", "1"], 2)
    lights = [jobs.start()[0]]
    assert jobs.entered(1) == ["0"]
    (whole,) = jobs.start(whole=True)
    assert jobs.entered(2)[1] == "1"
    lights += jobs.start()
    assert jobs.entered(3)[2] == "0", "the other one's door is shut"
    jobs.leave(whole)
    lights += jobs.start()
    assert jobs.entered(4)[3] == "1"
    (whole,) = jobs.start(whole=True)
    jobs.leave(lights[2])
    assert jobs.entered(5)[4] == "1"


@pytest.mark.parametrize("whole", [False, True])
def test_whatever_kills_a_job_its_place_is_free(crowd, whole):
    jobs = crowd(["0"], 1)
    (killed,) = jobs.start(whole=whole)
    jobs.entered(1)
    jobs.start(whole=not whole)
    os.kill(killed.pid, signal.SIGKILL)
    jobs.entered(2)


def test_a_job_that_is_killed_takes_its_forked_work_and_the_place_with_it(crowd, tmp_path):
    jobs = crowd(["0"], 1)

    def supervised():
        take(Sharing(["0"], 1, tmp_path), whole=True)

        def work():
            (tmp_path / "works").touch()
            time.sleep(60)

        run(work, Limits())

    supervisor = FORK.Process(target=supervised)
    supervisor.start()
    until((tmp_path / "works").exists)
    jobs.start()
    os.kill(supervisor.pid, signal.SIGKILL)
    supervisor.join()
    jobs.entered(1)


def test_allocations_of_a_scheduler_do_not_wait_for_each_other_but_share_what_is_theirs(crowd):
    jobs = crowd(["0", "1"], 1)
    jobs.start(allocation="7")
    jobs.entered(1)
    jobs.start(allocation="8")
    assert jobs.entered(2) == ["0", "0"]
    jobs.start(allocation="8")
    assert jobs.entered(3) == ["0", "0", "1"]


@pytest.mark.parametrize(
    ("environment", "expected"),
    [
        ({}, ""),
        ({"SLURM_JOB_ID": "12", "SLURM_PROCID": "0"}, "12"),
        ({"PBS_JOBID": "12[3].host"}, "12[3].host"),
        ({"LSB_JOBID": "12", "LSB_JOBINDEX": "3"}, "12-3"),
        ({"JOB_ID": "12", "SGE_TASK_ID": "3"}, "12-3"),
        ({"FLUX_JOB_ID": "f12", "SLURM_JOB_ID": ""}, "f12"),
    ],
)
def test_an_allocation_is_known_by_what_its_scheduler_says(environment, expected):
    assert allocation_of(environment) == expected


def test_names_of_locks_stay_in_their_folder(tmp_path):
    sharing = Sharing(["../0"], 1, tmp_path, "../../12")
    assert sharing.door("../0").parent == sharing.place("../0", 0).parent == tmp_path
    assert sharing.door("../0") != Sharing(["0"], 1, tmp_path, "../../12,..").door("0")


def test_the_folder_of_locks_is_this_users_alone(tmp_path):
    folder = lock_folder(tmp_path)
    assert folder.stat().st_mode & 0o777 == 0o700
    assert lock_folder(tmp_path) == folder
    folder.chmod(0o770)
    with pytest.raises(GpuPlaceError, match=r"mode 700 expected, found drwxrwx--- of user \d+; remove it, or set"):
        lock_folder(tmp_path)
    folder.rename(tmp_path / "elsewhere")
    (tmp_path / "elsewhere").chmod(0o700)
    folder.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(GpuPlaceError, match="found lrwx"):
        lock_folder(tmp_path)


@pytest.mark.skipif(os.getuid() != 0, reason="only root can make a folder of another user")
def test_a_folder_of_another_user_is_refused(tmp_path):
    os.chown(lock_folder(tmp_path), 12345, -1)
    with pytest.raises(GpuPlaceError, match="found drwx------ of user 12345"):
        lock_folder(tmp_path)


def test_a_folder_whose_files_cannot_be_locked_is_named(tmp_path, monkeypatch):
    def without_locks(*_):
        raise OSError(37, "No locks available")

    monkeypatch.setattr(gpu_slots.fcntl, "flock", without_locks)
    with pytest.raises(GpuPlaceError, match=f"{tmp_path}.*can be locked expected, found: No locks available; set"):
        take(Sharing(["0"], 1, tmp_path), whole=True)


def in_a_fork(work):
    """What work gives, done in another process, which takes its places with it."""
    receiver, sender = FORK.Pipe(duplex=False)
    process = FORK.Process(target=lambda: sender.send(work()))
    process.start()
    sender.close()
    with receiver, contextlib.suppress(EOFError):
        found = receiver.recv()
    process.join()
    assert process.exitcode == 0
    return found


def test_waiting_is_said_once_and_the_device_too(crowd, monkeypatch, caplog):
    monkeypatch.setattr(gpu_slots, "PATIENCE", 0.03)
    caplog.set_level(logging.INFO)
    jobs = crowd(["0", "GPU-1"], 1)
    jobs.start(2)
    jobs.entered(2)
    sharing = Sharing(jobs.devices, 1, jobs.folder)

    def make_room(record):
        for process in jobs.processes:
            (jobs.folder / f"leave{process.pid}").touch()
        return True

    def messages():
        caplog.handler.addFilter(make_room)
        take(sharing, whole=True)
        take(sharing._replace(places=2, allocation="another"), whole=False)
        return caplog.messages

    waiting, whole, shared = in_a_fork(messages)
    assert waiting == "waiting for a GPU: other jobs are on 0 and GPU-1"
    assert whole in {"GPU 0", "GPU GPU-1"}
    assert shared == "GPU 0, which 2 jobs may share"


@pytest.mark.parametrize(
    ("device", "wanted", "said", "expected"),
    [
        ("auto", 1, "GPU-b,GPU-a", "GPU-b"),
        ("cuda", 2, "3,1", "3"),
        ("cpu", 1, "3,1", "3,1"),
        ("auto", 0, "3,1", "3,1"),
        ("auto", None, "3,1", "3,1"),
        ("auto", 1, "", ""),
        ("auto", 1, "-1,0", "-1,0"),
    ],
)
def test_a_job_sees_the_device_that_it_took_and_no_other(tmp_path, monkeypatch, device, wanted, said, expected):
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", said)
    monkeypatch.setattr(gpu_slots.tempfile, "tempdir", str(tmp_path))
    job = SimpleNamespace(
        resources={} if wanted is None else {"gpu": wanted},
        config=TINY | {"compute": {"device": device, "cells_per_gpu": 2}},
    )

    def seen():
        take_gpu(job)
        return os.environ["CUDA_VISIBLE_DEVICES"]

    assert in_a_fork(seen) == expected


@pytest.mark.workflow
def test_a_rule_that_asks_takes_the_second_device_while_the_first_is_taken(tmp_path, monkeypatch):
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "5,7")
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr(gpu_slots.tempfile, "tempdir", str(tmp_path))

    def taken_meanwhile():
        assert take(Sharing(("5", "7"), 1, lock_folder()), whole=True) == "5"
        asked = ("--set-resources", "data_synthesise:gpu=1")
        return run_study(tmp_path, "--until", "data_synthesise", *asked, compute={"device": "auto"})

    run = in_a_fork(taken_meanwhile)
    assert run.returncode == 0, run.stdout
    assert "GPU 7\n" in run.stdout
    (log,) = (tmp_path / "results/logs/data").rglob("*.log")
    assert "GPU 7\n" in log.read_text()
