"""A job ends with what started it, through the shell that Snakemake starts scripts in or without one."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from spectran.supervision import orphan
from workflow_runs import ROOT

#: Starts a job as Snakemake does, and waits for it.
STARTER = """
import subprocess, sys
shell, script, folder = sys.argv[1:]
job = [sys.executable, "-c", script, folder]
if shell == "shell":
    job = ["bash", "-c", 'set -euo pipefail;  "$@"; exit $?', "bash", *job]
subprocess.run(job)
"""
#: Writes for as long as it lives, with something to put away at its end.
JOB = """
import os, sys, time
from pathlib import Path
from spectran.io import replacing
from spectran.supervision.orphan import ending_with_starter
folder = Path(sys.argv[1])
with ending_with_starter(), replacing(folder / "result") as temporary:
    temporary.write_text("half")
    (folder / "pid").write_text(str(os.getpid()))
    while True:
        time.sleep(0.01)
"""


def until(true, seconds=30):
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, "not in time"
        time.sleep(0.01)


def start(folder: Path, shell: str) -> tuple[subprocess.Popen, psutil.Process]:
    environment = os.environ | {"PYTHONPATH": str(ROOT / "workflow")}
    starter = subprocess.Popen([sys.executable, "-c", STARTER, shell, JOB, str(folder)], env=environment)
    pid = folder / "pid"
    until(lambda: pid.exists() and pid.read_text())
    return starter, psutil.Process(int(pid.read_text()))


def gone(process: psutil.Process) -> bool:
    return not process.is_running() or process.status() == psutil.STATUS_ZOMBIE


@pytest.mark.parametrize("shell", ["shell", "no shell"])
def test_a_killed_starter_takes_its_job_with_it_and_nothing_half_written_stays(tmp_path: Path, shell: str):
    starter, job = start(tmp_path, shell)
    time.sleep(2 * orphan.EVERY)
    assert not gone(job), "the starter lives"
    starter.kill()  # not waited for before the job has noticed
    until(lambda: gone(job))
    starter.wait()
    assert [path.name for path in tmp_path.iterdir()] == ["pid"]


def test_sigterm_puts_away_what_is_half_written(tmp_path: Path):
    starter, job = start(tmp_path, "no shell")
    job.send_signal(signal.SIGTERM)
    assert starter.wait(timeout=30) == 0
    assert [path.name for path in tmp_path.iterdir()] == ["pid"]


def test_a_job_that_ends_by_itself_is_left_alone_with_the_handler_that_was():
    before = signal.getsignal(signal.SIGTERM)
    with orphan.ending_with_starter():
        assert signal.getsignal(signal.SIGTERM) is not before
    assert signal.getsignal(signal.SIGTERM) is before
