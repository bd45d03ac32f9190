"""The whole workflow on a tiny study: it runs, does nothing twice, remakes what is missing, to the same bytes."""

import csv
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
from spectran.config.load import read_study
from spectran.evaluation.metrics import summarise
from spectran.provenance.archive import pack
from spectran.provenance.results import open_results
from spectran.provenance.trace import trace
from spectran.provenance.verify import verify, verify_archive
from spectran.reporting.catalogue.files import CELL_FILES
from spectran.training.pack import CHECKPOINT
from workflow_runs import ROOT, planned, result_bytes, run_study, write_study

pytestmark = [pytest.mark.workflow, pytest.mark.slow]
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
    assert "Training cells/toy/minilm/sasrec/spectran/d8" in output
    assert "epochs" in output
    assert "titles/s" in output
    assert "Report: results/report/index.html" in output
    assert (folder / "results/report/index.html").is_file()


def test_a_cell_has_all_its_files(finished):
    names = {path.name for path in (finished[0] / "results" / CELL).iterdir()}
    assert names == {
        "trials.parquet", "members.safetensors", "training.json", "spectrum.parquet", "ranks.parquet",
        "provenance.json", "ranks.provenance.json",
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


def test_every_file_is_recorded_and_as_it_was_made(finished):
    folder = finished[0]
    results = open_results(folder / "results")
    assert verify(results, read_study(folder / "study.yaml")).findings == []
    assert "ndcg" in (folder / "results/report/tables/table2.csv").read_text()
    told = "".join(path.read_text() for path in (folder / "results").rglob("*provenance.json"))
    assert str(folder) not in told
    assert str(ROOT) not in told


def test_a_spoiled_file_is_named(study):
    results = study / "results"
    for path in (
        *("data/toy/raw/reviews.json.gz", "data/toy/leave-one-out/test.parquet", "text/toy/minilm/embeddings.npy"),
        *(f"{CELL}/members.safetensors", f"{CELL}/training.json", "report/data/metrics.parquet", "report/index.html"),
    ):
        whole = (results / path).read_bytes()
        (results / path).write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
        edited = verify(open_results(results)).findings
        (results / path).unlink()
        deleted = verify(open_results(results)).findings
        (results / path).write_bytes(whole)
        assert [(f.path, f.said.split(":")[0]) for f in edited] == [(f"results/{path}", "corrupted or edited")]
        assert [(f.path, f.said.split(":")[0]) for f in deleted] == [(f"results/{path}", "deleted")]


def test_a_number_of_table_2_is_walked_back_to_the_raw_reviews(finished):
    table = pd.read_csv(finished[0] / "results/report/tables/table2.csv").set_index(["method", "metric"])
    value = table.loc[("spectran", "ndcg@20"), "ours"]
    text = "\n".join(trace(open_results(finished[0] / "results"), f"{value:.5f}", "table2"))
    assert f"from results/{CELL}/ranks.parquet" in text
    assert f"{float(value)!r}, equal" in text
    for rule in ("evaluation_cell", "training_cell", "spectra_decompose", "text_encode", "data_synthesise"):
        assert f". {rule}, started " in text
    assert "results/data/toy/raw/reviews.json.gz" in text
    assert "CHANGED" not in text
    assert "MISSING" not in text


def test_its_archive_is_sound(finished, tmp_path):
    folder, archive = finished[0], tmp_path / "tiny.tar.gz"
    study = folder / "study.yaml"
    pack(open_results(folder / "results"), read_study(study), study, archive)
    verdict = verify_archive(archive)
    assert verdict.findings == []
    assert verdict.summary[-1] == "2 files left out of the archive, so not checked"


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


def test_a_deleted_file_behind_the_report_is_missed(study):
    (study / "results" / CELL / "members.safetensors").unlink()
    jobs = planned(run_study(study, "--dry-run").stdout)
    assert jobs["training_cell"] == jobs["evaluation_cell"] == jobs["reporting_page"] == 1


def test_a_deleted_frame_is_made_again_and_everything_that_reads_it(study, finished):
    frame = study / "results/report/data/metrics.parquet"
    frame.unlink()
    run = run_study(study)
    assert run.returncode == 0, run.stdout
    jobs = planned(run.stdout)
    assert jobs["reporting_gather"] == jobs["reporting_tables"] == jobs["reporting_complete"] == 1
    assert "evaluation_cell" not in jobs
    assert result_bytes(study / "results") == result_bytes(finished[0] / "results")
    assert run_study(study, "--dry-run").stdout.count("Nothing to be done") == 1


def test_the_record_of_the_frames_names_what_was_read_of_each_cell(study):
    record = json.loads((study / "results/report/data/frames.provenance.json").read_text())
    folders = [path.parent.relative_to(study) for path in study.glob("results/cells/**/trials.parquet")]
    assert len(folders) == 2
    assert {f"{folder.as_posix()}/{name}" for folder in folders for name in CELL_FILES} < record["inputs"].keys()


def test_records_of_the_report_name_each_frame(study):
    frames = {path.relative_to(study).as_posix() for path in (study / "results/report/data").glob("*.parquet")}
    assert len(frames) > 20
    for name in ("tables/tables", "figures/figures", "claims", "audit", "index", "complete"):
        record = json.loads((study / f"results/report/{name}.provenance.json").read_text())
        assert frames < record["inputs"].keys(), name


def test_an_edited_frame_is_refused(study):
    frame = study / "results/report/data/metrics.parquet"
    frame.write_bytes(frame.read_bytes()[:-1] + b"!")
    (study / "results/report/complete.json").unlink()
    run = run_study(study)
    assert run.returncode != 0
    assert "results/report/data/metrics.parquet: corrupted or edited since reporting_gather made it" in run.stdout


def test_one_job_at_a_time_gives_the_same_bytes(finished, tmp_path):
    run = run_study(tmp_path, "--cores", "1")
    assert run.returncode == 0, run.stdout
    ours, theirs = result_bytes(tmp_path / "results"), result_bytes(finished[0] / "results")
    assert ours.keys() == theirs.keys()
    assert [name for name in ours if ours[name] != theirs[name]] == []


def test_the_test_split_is_read_by_evaluation_only(study):
    test = study / "results/data/toy/leave-one-out/test.parquet"
    targets = pd.read_parquet(test)
    targets["item"] = targets["item"].to_numpy()[::-1]
    targets.to_parquet(test)
    jobs = planned(run_study(study, "--dry-run").stdout)
    assert jobs["evaluation_cell"] == 2
    assert not {"training_cell", "text_encode", "spectra_decompose"} & jobs.keys()


def made_from(folder):
    """Every output of the finished DAG with its rule and its inputs, as Snakemake recorded them."""
    listed = run_study(folder, "--detailed-summary").stdout
    lines = listed[listed.index("output_file\t") :].splitlines()
    return {fields["output_file"]: fields for fields in csv.DictReader(lines, delimiter="\t")}


def test_in_the_whole_dag_only_evaluation_has_the_test_split_as_input(study):
    made = made_from(study)
    inputs = {output: set(fields["input-file(s)"].split(",")) - {"-"} for output, fields in made.items()}
    readers = {made[output]["rule"] for output, read in inputs.items() if any("/test.parquet" in name for name in read)}
    assert readers == {"evaluation_cell", "evaluation_audit"}
    for output in (f"results/{CELL}/{name}" for name in ("training.json", "members.safetensors", "trials.parquet")):
        ancestors, new = set(), {output}
        while new:
            ancestors |= new
            new = {name for found in new for name in inputs.get(found, ())} - ancestors
        assert "results/data/toy/leave-one-out/valid.parquet" in ancestors
        assert "results/data/toy/interactions.parquet" in ancestors
        assert not [name for name in ancestors if "/test.parquet" in name]


def test_another_split_trains_again_and_encodes_nothing_again(study):
    jobs = planned(run_study(study, "--dry-run", protocol={"split": "users", "split_seed": 1}).stdout)
    assert jobs["data_split"] == 1
    assert jobs["training_cell"] == jobs["evaluation_cell"] == 2
    assert not {"data_prepare", "text_encode", "spectra_decompose"} & jobs.keys()
    assert "data_split" not in planned(run_study(study, "--dry-run").stdout)


def test_memory_that_is_asked_for_encodes_nothing_again(study):
    encoder = {"preset": "minilm", "memory_mb": 9000}
    assert "text_encode" not in planned(run_study(study, "--dry-run", encoder=encoder).stdout)


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


@pytest.mark.slow
def test_a_killed_run_is_taken_up_and_gives_the_same_bytes(finished, tmp_path):
    tries = (tmp_path / str(n) for n in range(5))
    folder = next(folder for folder in tries if killed_in_training(folder))
    assert not (folder / "results" / CELL / "members.safetensors").exists()
    assert run_study(folder, "--unlock").returncode == 0
    run = run_study(folder)
    assert run.returncode == 0, run.stdout
    assert result_bytes(folder / "results") == result_bytes(finished[0] / "results")
    assert not (folder / "results" / CELL / ".state").exists()
