"""Every way in which work can end, and that it ends with its supervisor."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import psutil
import pytest
import torch

from spectran.divergence import DivergedError
from spectran.supervision.run import Limits, run

FREE = Limits()


def raising(error):
    def work():
        raise error

    return work


def test_work_that_returns_is_no_failure_and_what_it_wrote_stays(tmp_path):
    assert run(lambda: (tmp_path / "made").write_text("x"), FREE) is None
    assert (tmp_path / "made").read_text() == "x"


@pytest.mark.parametrize(
    ("error", "kind", "reason"),
    [
        (DivergedError("seed 0 in epoch 3"), "diverged", "seed 0 in epoch 3"),
        (ValueError("items.csv, line 5:\n  an integer expected"), "error", "items.csv, line 5: an integer expected"),
        (KeyError("users"), "error", "KeyError: 'users'"),
        (RuntimeError("The size of tensor a"), "error", "RuntimeError: The size of tensor a"),
        (MemoryError(), "memory", "MemoryError"),
        (torch.OutOfMemoryError("CUDA out of memory."), "memory", "OutOfMemoryError: CUDA out of memory."),
    ],
)
def test_an_exception_is_said_in_one_line(error, kind, reason):
    failure = run(raising(error), FREE)
    assert (failure.kind, failure.reason) == (kind, reason)
    assert "in work\n    raise error" in failure.traceback


def test_a_very_long_message_is_cut():
    failure = run(raising(ValueError("x" * 1_000_000)), FREE)
    assert len(failure.reason) == 600
    assert len(failure.traceback) < 50_000


def test_a_signal_is_named():
    failure = run(lambda: os.kill(os.getpid(), signal.SIGKILL), FREE)
    assert failure.kind == "killed"
    assert failure.reason == "killed by signal 9 (SIGKILL), most likely by the system for lack of memory"
    assert run(lambda: os.kill(os.getpid(), signal.SIGTERM), FREE).reason == "killed by signal 15 (SIGTERM)"


def test_an_end_without_a_word_is_an_error():
    failure = run(lambda: os._exit(3), FREE)
    assert (failure.kind, failure.reason) == ("error", "the process ended with status 3 and said nothing")


def test_work_that_takes_too_long_is_ended(tmp_path):
    def work():
        (tmp_path / "pid").write_text(str(os.getpid()))
        time.sleep(60)

    start = time.monotonic()
    failure = run(work, Limits(minutes=0.01))
    assert time.monotonic() - start < 20
    assert failure.kind == "time"
    assert failure.reason == "took longer than compute.max_minutes, which is 0.01"
    assert not psutil.pid_exists(int((tmp_path / "pid").read_text()))


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux keeps the limit")
@pytest.mark.parametrize("allocate", [lambda: torch.ones(2**29), lambda: np.ones(2**29), lambda: bytearray(2**32)])
def test_work_that_takes_too_much_memory_fails_and_says_so(allocate):
    failure = run(allocate, Limits(memory_mb=2000))
    assert failure.kind == "memory"
    assert failure.reason.endswith("(compute.max_memory_mb is 2000)")
    assert run(lambda: bytearray(2**20), Limits(memory_mb=2000)) is None


PARENT = """
import signal, sys, time
from pathlib import Path
from spectran.supervision.run import Limits, run
signal.signal(signal.SIGINT, signal.default_int_handler)  # shells let background jobs ignore it
def work():
    import os
    Path(sys.argv[1]).write_text(str(os.getpid()))
    while True:
        time.sleep(0.01)
run(work, Limits())
"""


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_work_ends_with_its_supervisor(tmp_path, number):
    pid = tmp_path / "pid"
    library = Path(__file__).parents[2] / "workflow"
    parent = subprocess.Popen(
        [sys.executable, "-c", PARENT, str(pid)], env=os.environ | {"PYTHONPATH": str(library)}, stderr=subprocess.PIPE
    )
    until(lambda: pid.exists() and pid.read_text())
    child = psutil.Process(int(pid.read_text()))
    parent.send_signal(number)
    assert parent.wait(timeout=30) != 0
    parent.stderr.close()
    until(lambda: not child.is_running() or child.status() == psutil.STATUS_ZOMBIE)


def until(true, seconds=30):
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, "not in time"
        time.sleep(0.01)


def test_ctrl_c_in_a_terminal_is_left_to_the_supervisor():
    """It reaches the whole group: the work must not answer with a failure of its own."""
    assert run(lambda: os.kill(os.getpid(), signal.SIGINT), FREE) is None


def test_log_lines_of_the_work_reach_the_same_file(tmp_path, caplog):
    import logging

    logger = logging.getLogger("spectran")
    handler = logging.FileHandler(tmp_path / "log")
    logger.addHandler(handler)
    try:
        run(lambda: logger.warning("from the work"), FREE)
        logger.warning("from the supervisor")
    finally:
        logger.removeHandler(handler)
        handler.close()
    assert (tmp_path / "log").read_text().splitlines() == ["from the work", "from the supervisor"]


def test_settings_of_this_process_are_as_before():
    before = signal.getsignal(signal.SIGTERM)
    run(lambda: None, Limits(minutes=1, memory_mb=2000))
    assert signal.getsignal(signal.SIGTERM) is before
    assert json.loads(json.dumps(run(raising(ValueError("x")), FREE).record())) == {"kind": "error", "reason": "x"}
