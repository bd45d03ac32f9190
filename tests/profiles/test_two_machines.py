"""The same study here, with a training process that is killed, and through a scheduler: the same bytes.

What is killed is tried again with more memory where a profile gives it more than one attempt.
"""

import ast
import csv
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from profiles.toy_scheduler import install, submissions
from spectran.config.cells import expand, settings_of
from spectran.config.load import read_study
from spectran.footprint import training_mib
from spectran.input_sizes import sizes_of
from spectran.supervision.ledger import count_failures, read_failures
from training_processes import training
from workflow_runs import ROOT, planned, result_bytes, run_study, write_study

pytestmark = [pytest.mark.workflow, pytest.mark.slow]
STUDY = {
    "datasets": {"toy": {"label": "Toy", "source": "synthetic", "synthetic": {"users": 150, "items": 50, "seed": 1}}},
    "methods": {"base": {}},
    "training": {"epochs": 120, "patience": 120, "batch": 64},
}
CELL = "toy/minilm/sasrec/base/d8"
UNTIL = ("--until", "evaluation_cell")


@pytest.fixture(scope="module")
def killed_once(tmp_path_factory) -> tuple[Path, str]:
    """A local run whose training process is killed in its first attempt: its folder and what it printed."""
    folder = tmp_path_factory.mktemp("here")
    retried = ("--retries", "1", "--default-resources", "attempts=2", "--benchmark-extended")
    process = start(folder, "--cores", "1", *retried)
    while process.poll() is None and not (found := training(process.pid)):
        time.sleep(0.05)
    found["base"].kill()
    output = process.communicate(timeout=120)[0]
    assert process.returncode == 0, output
    return folder, output


def test_a_killed_cell_passes_in_its_second_attempt_with_half_as_much_memory_again(killed_once):
    folder, output = killed_once
    assert "toy sasrec base d8: attempt 1 of 2 failed (killed): killed by signal 9 (SIGKILL)" in output
    assert "Trying to restart job" in output
    cell = folder / "results/cells" / CELL
    assert all(path.stat().st_size for path in cell.iterdir() if path.is_file())
    assert read_failures(cell) == []
    assert count_failures(folder / f"results/logs/training/cell/cells/{CELL}.failures.jsonl") == 0
    assert given(folder, "evaluation")["attempt"] == 1
    second = given(folder, "training")
    assert (second["attempt"], second["attempts"]) == (2, 2)
    assert second["mem_mb"] == pytest.approx(1.5 * predicted(folder), abs=1)
    again = run_study(folder, "--dry-run", **STUDY).stdout
    assert "training_cell" not in planned(again), "what failed and then succeeded is done"


def test_through_a_scheduler_the_bytes_are_the_same_and_jobs_ask_for_what_they_need(killed_once, tmp_path):
    pytest.importorskip("snakemake_executor_plugin_cluster_generic")
    queue, folder = install(tmp_path / "bin"), tmp_path / "there"
    folder.mkdir()
    profile = ROOT / "profiles/cluster-generic"
    soon = ("--latency-wait", "5", "--seconds-between-status-checks", "1")
    path = f"{queue}{os.pathsep}{os.environ['PATH']}"
    process = start(folder, "--workflow-profile", profile, *soon, PATH=path)
    output = process.communicate(timeout=300)[0]
    assert process.returncode == 0, output
    ours, theirs = result_bytes(folder / "results"), result_bytes(killed_once[0] / "results")
    assert ours.keys() == theirs.keys()
    assert [name for name in ours if ours[name] != theirs[name]] == []
    asked = {options["job-name"]: options for options in submissions(queue)}
    assert len(asked) == len(submissions(queue)) == 6
    assert asked["training_cell"]["mem"] == str(predicted(folder))
    assert asked["training_cell"]["time"] == "240"
    assert asked["training_cell"]["cpus-per-task"] == "1"
    assert asked["data_parse"]["mem"] == "4000"
    assert all("gres" not in options for options in asked.values()), "no GPU is used on a CPU"
    # Here it would find no GPU: what counts is what it asks for.
    wanted = ("--config", "compute={device: cuda}", "--retries", "0", "--forcerun", "training_cell")
    until = ("--until", "training_cell")
    start(folder, "--workflow-profile", profile, *soon, *wanted, *until, PATH=path).communicate(timeout=300)
    (training_job,) = submissions(queue)[6:]
    assert (training_job["gres"], training_job["partition"]) == ("gpu:1", "gpu")


def start(folder, *arguments, **environment):
    """Snakemake on the study, to its ranks."""
    command = [sys.executable, "-m", "snakemake", "--directory", folder, "--configfile", write_study(folder, **STUDY)]
    return subprocess.Popen(
        [*map(str, command), *UNTIL, *map(str, arguments)],
        cwd=ROOT,
        env=os.environ | {"HF_HUB_OFFLINE": "1", "PYTHONPATH": ""} | environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def given(folder, stage):
    """What the last attempt of a cell's job was given, from Snakemake's own benchmark."""
    with (folder / f"results/benchmarks/{stage}/cell/cells/{CELL}.tsv").open() as file:
        return ast.literal_eval(next(csv.DictReader(file, delimiter="\t"))["resources"])


def predicted(folder):
    """MiB for the first attempt to train the cell."""
    study, data = read_study(folder / "study.yaml"), folder / "results/data/toy"
    inputs = {"train": str(data / "leave-one-out/train.parquet")}
    return training_mib(settings_of(study, expand(study)[0]), study.compute, sizes_of(inputs))
