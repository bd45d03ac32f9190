"""The whole workflow on a tiny study: it runs, does nothing twice, remakes what is missing, to the same bytes."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time

import numpy as np
import pandas as pd
import pytest

from reporting.browser import check_page
from spectran.evaluation.metrics import summarise
from spectran.training.pack import CHECKPOINT
from workflow_runs import ROOT, planned, result_bytes, run_study, write_study

pytestmark = pytest.mark.workflow
CELL = "cells/toy/minilm/sasrec/spectran/d8"


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    """A finished run, made by two jobs at a time, in a folder with a space and a letter beyond ASCII."""
    folder = tmp_path_factory.mktemp("größe x")
    run = run_study(folder)
    assert run.returncode == 0, run.stdout
    return folder, run.stdout


@pytest.fixture
def study(finished, tmp_path):
    """A copy of the finished run to spoil."""
    folder = tmp_path / "copy"
    shutil.copytree(finished[0], folder)
    return folder


def test_it_prints_progress_and_where_the_report_is(finished):
    folder, output = finished
    assert "Training spectran on sasrec, toy, d 8" in output
    assert "epochs" in output
    assert "titles/s" in output
    assert "Report: results/report/index.html" in output
    assert (folder / "results/report/index.html").is_file()


def test_a_cell_has_all_its_files(finished):
    names = {path.name for path in (finished[0] / "results" / CELL).iterdir()}
    assert names == {
        "trials.parquet", "members.safetensors", "choice.json", "cost.json", "ranks.parquet", "spectrum.parquet",
        "collapse.parquet", "provenance.json",
    }  # fmt: skip


def test_table_2_can_be_recomputed_from_the_ranks_alone(finished):
    results = finished[0] / "results"
    ranks = pd.read_parquet(results / CELL / "ranks.parquet")
    by_cosine = summarise(ranks, [10, 20]).set_index("score").loc["cosine"]
    page = (results / "report/index.html").read_text(encoding="utf-8")
    assert f"{by_cosine['ndcg@20']:.4f}" in page
    users = json.loads((results / "data/toy/statistics.json").read_text())["users"]
    assert len(ranks) == 2 * users
    assert set(ranks["score"]) == {"cosine", "dot"}


def test_figure_1_is_drawn_from_the_spectrum_file(finished):
    spectrum = pd.read_parquet(finished[0] / "results" / CELL / "spectrum.parquet")
    one = spectrum[(spectrum["table"] == "semantic") & (spectrum["moment"] == "trained")]
    assert one["index"].tolist() == list(range(1, 9))
    assert np.allclose(one["covariance"], one["centred"] ** 2 / (catalogue_size(finished[0]) - 1))


def catalogue_size(folder):
    return json.loads((folder / "results/data/toy/statistics.json").read_text())["items"]


def test_a_second_run_does_nothing(study):
    run = run_study(study)
    assert run.returncode == 0
    assert "Nothing to be done" in run.stdout


def test_a_deleted_cell_is_remade_alone_and_comes_out_the_same(study, finished):
    shutil.rmtree(study / "results" / CELL)
    run = run_study(study)
    assert run.returncode == 0, run.stdout
    jobs = planned(run.stdout)
    assert jobs["training_cell"] == jobs["evaluation_cell"] == 1
    assert "text_encode" not in jobs
    assert result_bytes(study / "results") == result_bytes(finished[0] / "results")


def test_one_job_at_a_time_gives_the_same_bytes(finished, tmp_path):
    run = run_study(tmp_path, "--cores", "1")
    assert run.returncode == 0, run.stdout
    ours, theirs = result_bytes(tmp_path / "results"), result_bytes(finished[0] / "results")
    assert ours.keys() == theirs.keys()
    assert [name for name in ours if ours[name] != theirs[name]] == []


def test_the_test_split_is_read_by_evaluation_only(study):
    test = study / "results/data/toy/test.parquet"
    targets = pd.read_parquet(test)
    targets["item"] = targets["item"].to_numpy()[::-1]
    targets.to_parquet(test)
    jobs = planned(run_study(study, "--dry-run").stdout)
    assert jobs["evaluation_cell"] == 2
    assert not {"training_cell", "text_encode", "spectra_decompose"} & jobs.keys()


def test_another_label_trains_nothing_and_another_dropout_trains_again(study):
    relabelled = {"base": {"label": "ID only"}, "spectran": {}}
    jobs = planned(run_study(study, "--dry-run", methods=relabelled).stdout)
    assert "training_cell" not in jobs
    assert "reporting_page" in jobs
    jobs = planned(run_study(study, "--dry-run", tuning={"dropout": [0.3]}).stdout)
    assert jobs["training_cell"] == 2


def test_the_page_opens_with_the_network_off(finished):
    check_page(finished[0] / "results/report/index.html")


def test_snakemakes_own_report_is_made(study):
    run = run_study(study, "--report", "report.zip")
    assert run.returncode == 0, run.stdout
    assert (study / "report.zip").stat().st_size > 100_000


def killed_in_training(folder):
    """Start the study, SIGKILL its whole process group once a checkpoint of a cell is there; whether it was in time."""
    folder.mkdir()
    path = write_study(folder, compute={"device": "cpu", "checkpoint_seconds": 0})
    command = [sys.executable, "-m", "snakemake", "--directory", folder, "--configfile", path, "--cores", "2"]
    first = subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
    )
    state = folder / "results" / CELL / ".state"
    deadline = time.monotonic() + 120
    while not (state / CHECKPOINT).exists() and first.poll() is None and time.monotonic() < deadline:
        time.sleep(0.005)
    os.killpg(first.pid, signal.SIGKILL)
    first.wait()
    return (state / CHECKPOINT).exists()


def test_a_killed_run_is_taken_up_and_gives_the_same_bytes(finished, tmp_path):
    tries = (tmp_path / str(n) for n in range(5))
    folder = next(folder for folder in tries if killed_in_training(folder))
    assert not (folder / "results" / CELL / "members.safetensors").exists()
    assert run_study(folder, "--unlock").returncode == 0
    run = run_study(folder)
    assert run.returncode == 0, run.stdout
    assert result_bytes(folder / "results") == result_bytes(finished[0] / "results")
    assert not (folder / "results" / CELL / ".state").exists()
