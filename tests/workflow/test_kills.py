"""Training killed without warning, at ten random moments and more: the last run ends with an unbroken run's bytes."""

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import time

import numpy as np
import psutil
import pytest

from spectran.supervision.ledger import read_failures
from spectran.training.pack import CHECKPOINT
from training_processes import training
from workflow_runs import ROOT, planned, result_bytes, run_study, write_study

pytestmark = [pytest.mark.workflow, pytest.mark.slow]
SEED = 20260117
KILLS = 10
#: A search of two trials and two seeds in each of two cells: three members each.
STUDY = {
    "datasets": {"toy": {"label": "Toy", "source": "synthetic", "synthetic": {"users": 150, "items": 50, "seed": 1}}},
    "methods": {"base": {}, "small": {"kind": "base", "label": "Small", "id_scale": 0.02}},
    "seeds": [0, 1],
    "training": {"epochs": 250, "patience": 250, "batch": 64},
    "tuning": {"dropout": [0.1, 0.3]},
    "compute": {"device": "cpu", "checkpoint_seconds": 0},
}
CELLS = {name: f"results/cells/toy/minilm/sasrec/{name}/d8" for name in STUDY["methods"]}
UNTIL = ("--until", "training_cell")


def test_ten_kills_change_no_byte(tmp_path):
    unbroken, broken = tmp_path / "unbroken", tmp_path / "broken"
    unbroken.mkdir()
    run = run_study(unbroken, *UNTIL, **STUDY)
    assert run.returncode == 0, run.stdout
    shutil.copytree(unbroken, broken)
    shutil.rmtree(broken / "results/cells")

    rng, killed = np.random.default_rng(SEED), 0
    for number in range(2 * KILLS):
        # Of each three runs, two lose their training processes one by one and the third is killed as a whole.
        killed += one_round(broken, rng, whole=number % 3 == 2)
        if killed >= KILLS:
            break
        # On a fast machine a cell is over before all kills have come: it is compared, and trained once more.
        for cell in finished(broken):
            assert result_bytes(broken / cell) == result_bytes(unbroken / cell), f"{cell} in run {number + 1}"
            shutil.rmtree(broken / cell)
    print(f"{killed} kills in {number + 1} runs, seed {SEED}")
    assert killed >= KILLS

    run = run_study(broken, *UNTIL, "--nolock", **STUDY)
    assert run.returncode == 0, run.stdout
    ours, theirs = result_bytes(broken / "results"), result_bytes(unbroken / "results")
    assert ours.keys() == theirs.keys(), "a kill left something behind"
    assert [name for name in ours if ours[name] != theirs[name]] == []
    again = run_study(broken, *UNTIL, "--dry-run", **STUDY)
    assert "training_cell" not in planned(again.stdout), "what failed and then succeeded is done"


def finished(folder):
    """The cells that are trained; where training failed, the files are there and empty."""
    files = {cell: folder / cell / "members.safetensors" for cell in CELLS.values()}
    return [cell for cell, file in files.items() if file.exists() and file.stat().st_size]


def one_round(folder, rng, *, whole):
    """Start Snakemake and kill each cell's training process after some checkpoints; the number of kills.

    Args:
        folder: of the study.
        rng: gives the moments.
        whole: kill Snakemake with all that it started at the first of them.
    """
    command = [sys.executable, "-m", "snakemake", "--directory", folder, "--configfile", write_study(folder, **STUDY)]
    moments = {name: (int(rng.integers(0, 6)), float(rng.uniform(0, 0.1))) for name in CELLS}
    print("the whole group" if whole else "training alone", moments)
    process = subprocess.Popen(
        [*map(str, command), "--cores", "2", "--nolock", *UNTIL],
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    found, seen, killed = {}, {name: set() for name in CELLS}, []
    while len(killed) < len(CELLS) and process.poll() is None:
        if len(found) < len(CELLS):
            found |= training(process.pid)
        for name, child in found.items():
            seen[name].add(version(folder / CELLS[name] / ".state" / CHECKPOINT))
            epochs, delay = moments[name]
            if name in killed or len(seen[name]) <= epochs:
                continue
            time.sleep(delay)
            if whole:
                alive = len(training(process.pid))
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
                return alive
            with contextlib.suppress(psutil.NoSuchProcess):
                child.kill()
                killed.append(name)
        time.sleep(0.02)
    process.wait()
    assert process.returncode == 0
    for name in killed:
        (record,) = read_failures(folder / CELLS[name])
        assert record.kind == "killed"
        assert record.reason.startswith("killed by signal 9 (SIGKILL)")
    return len(killed)


def version(path):
    """Another value for every checkpoint."""
    try:
        found = path.stat()
    except FileNotFoundError:
        return None
    return found.st_ino, found.st_mtime_ns
