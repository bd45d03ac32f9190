"""A killed main process, spoiled files and a clock that goes back, through Snakemake: what a person sees and does."""

import os
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from spectran.training.pack import CHECKPOINT
from workflow_runs import ROOT, planned, result_bytes, run_study, write_study

pytestmark = [pytest.mark.workflow, pytest.mark.slow]
STUDY = {
    "datasets": {"toy": {"label": "Toy", "source": "synthetic", "synthetic": {"users": 150, "items": 50, "seed": 1}}},
    "methods": {"base": {}},
    "training": {"epochs": 60, "patience": 60, "batch": 64},
    "compute": {"device": "cpu", "checkpoint_seconds": 0},
}
UNTIL = ("--until", "training_cell")
CELL = "results/cells/toy/minilm/sasrec/base/d8"
TRAIN = "results/data/toy/leave-one-out/train.parquet"
DAYS = 86_400


@pytest.fixture(scope="module")
def unbroken(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("unbroken")
    run = run_study(folder, *UNTIL, **STUDY)
    assert run.returncode == 0, run.stdout
    return folder


@pytest.fixture
def folder(unbroken: Path, tmp_path: Path) -> Path:
    """A copy whose cell is still to be trained."""
    copy = shutil.copytree(unbroken, tmp_path / "broken")
    shutil.rmtree(copy / "results/cells")
    return copy


def finishes_with_the_same_bytes(folder: Path, unbroken: Path) -> None:
    run = run_study(folder, *UNTIL, **STUDY)
    assert run.returncode == 0, run.stdout
    ours, theirs = result_bytes(folder / "results"), result_bytes(unbroken / "results")
    assert ours.keys() == theirs.keys()
    assert [name for name in ours if ours[name] != theirs[name]] == []


def nothing_is_left_to_do(folder: Path) -> None:
    assert planned(run_study(folder, *UNTIL, "--dry-run", **STUDY).stdout)["total"] == 0


def until(true, seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, "not in time"
        time.sleep(0.05)


def test_jobs_end_with_a_killed_main_process_and_a_rerun_asks_for_the_lock_alone(folder: Path, unbroken: Path):
    command = ["-m", "snakemake", "--directory", folder, "--configfile", write_study(folder, **STUDY), "--cores", "2"]
    main = subprocess.Popen(
        [sys.executable, *map(str, command), *UNTIL],
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    until(lambda: (folder / CELL / ".state" / CHECKPOINT).exists() or main.poll() is not None)
    started = psutil.Process(main.pid).children(recursive=True)
    assert len(started) >= 2, "the script, and the process that trains"
    os.kill(main.pid, signal.SIGKILL)  # it alone
    # Not yet waited for: an ended process that nobody has asked about is still listed.
    until(lambda: not [process for process in started if process.is_running() and process.status() != "zombie"])
    main.wait()
    halves = [path for path in folder.rglob("*.part") if ".state" not in path.parts]
    assert halves == [], "but for a checkpoint's, which goes with its folder"
    assert not (folder / CELL / "members.safetensors").exists(), "trained to the end, though nobody waited"

    again = run_study(folder, *UNTIL, **STUDY)
    assert again.returncode != 0
    assert "Directory cannot be locked" in again.stdout
    assert "--unlock" in again.stdout
    assert run_study(folder, "--unlock", **STUDY).returncode == 0
    finishes_with_the_same_bytes(folder, unbroken)


def test_a_spoiled_file_stops_the_job_that_reads_it_with_its_name_and_is_made_again(folder: Path, unbroken: Path):
    whole = (folder / TRAIN).read_bytes()
    times = (folder / TRAIN).stat()
    (folder / TRAIN).with_name(".train.parquet.77.part").write_bytes(whole[:100])
    (folder / TRAIN).write_bytes(whole[: len(whole) // 2])
    os.utime(folder / TRAIN, ns=(times.st_atime_ns, times.st_mtime_ns))  # a power cut changes no time
    run = run_study(folder, *UNTIL, **STUDY)
    assert run.returncode != 0
    errors = [line for line in run.stdout.splitlines() if line.startswith("ERROR")]
    assert len(errors) == 1
    assert errors[0].startswith(f"ERROR in training_cell: {TRAIN}: corrupted or edited since data_split made it: ")
    assert "delete it and start again: it is made anew" in run.stdout
    assert not (folder / CELL / "members.safetensors").exists()
    (folder / TRAIN).unlink()
    finishes_with_the_same_bytes(folder, unbroken)


def test_files_from_the_future_stop_a_job_before_its_work_and_one_command_mends_that(folder: Path, unbroken: Path):
    """The clock went back two days after they were made."""
    future = time.time() + 2 * DAYS
    for path in (folder / "results").rglob("*"):
        os.utime(path, (future, future))
    run = run_study(folder, *UNTIL, **STUDY)
    assert run.returncode != 0
    (error,) = (line for line in run.stdout.splitlines() if line.startswith("ERROR"))
    assert re.search(r"ERROR in training_cell: results/\S+: a file from the past expected, found one of 2", error)
    assert "epochs" not in run.stdout, "refused before the work"
    mend = re.search(r"^    (find results .*)$", (ROOT / "docs/faults.md").read_text(), flags=re.MULTILINE)[1]
    subprocess.run(["bash", "-c", mend], cwd=folder, check=True)
    finishes_with_the_same_bytes(folder, unbroken)
    nothing_is_left_to_do(folder)
