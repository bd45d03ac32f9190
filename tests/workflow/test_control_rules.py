"""Untrained controls through their rules: files, who reads the test split, and what computes them again."""

import json

import pandas as pd
import pytest

from workflow_runs import planned, run_study

pytestmark = pytest.mark.workflow
CONTROLS = {"text-knn": {"last": [1, None]}}
ONLY = ("--until", "evaluation_control")


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    folder = tmp_path_factory.mktemp("controls")
    run = run_study(folder, *ONLY, controls=CONTROLS)
    assert run.returncode == 0, run.stdout
    return folder, run.stdout


def test_every_control_has_its_choice_and_its_ranks(finished):
    folder, output = finished
    users = json.loads((folder / "results/data/toy/statistics.json").read_text())["users"]
    for name in CONTROLS:
        place = folder / "results/controls/toy/minilm" / name
        assert len(pd.read_parquet(place / "ranks.parquet")) == users
        assert json.loads((place / "choice.json").read_text())["points"]
    assert "Choosing text-knn on toy" in output
    assert "training_cell" not in planned(output)


def test_only_text_knn_waits_for_the_titles(finished, tmp_path):
    without = {"ease": {}, "markov": {}, "popularity": {}, "item-knn": {}}
    jobs = planned(run_study(tmp_path, "--dry-run", *ONLY, controls=without).stdout)
    assert jobs["training_control"] == jobs["evaluation_control"] == 4
    assert "text_encode" not in jobs
    assert planned(finished[1])["text_encode"] == 1


def test_another_label_computes_nothing_and_another_grid_its_own_control(finished):
    folder, _ = finished
    relabelled = {"text-knn": CONTROLS["text-knn"] | {"label": "Titles"}, "markov": {}}
    jobs = planned(run_study(folder, "--dry-run", *ONLY, controls=relabelled).stdout)
    assert jobs["training_control"] == jobs["evaluation_control"] == 1  # of the new one
    jobs = planned(run_study(folder, "--dry-run", *ONLY, controls={"text-knn": {"last": [2]}}).stdout)
    assert jobs["training_control"] == jobs["evaluation_control"] == 1


def test_another_test_split_is_ranked_again_and_chooses_nothing_again(finished):
    folder, _ = finished
    test = folder / "results/data/toy/leave-one-out/test.parquet"
    targets = pd.read_parquet(test)
    targets["item"] = targets["item"].to_numpy()[::-1]
    targets.to_parquet(test)
    jobs = planned(run_study(folder, "--dry-run", *ONLY, controls=CONTROLS).stdout)
    assert jobs["evaluation_control"] == len(CONTROLS)
    assert "training_control" not in jobs


def test_a_control_that_is_not_known_is_refused_with_the_nearest(tmp_path):
    run = run_study(tmp_path, "--dry-run", controls={"eas": {}, "ease": {"penalti": [1]}})
    assert run.returncode != 0
    assert "controls.eas: one of" in run.stdout
    assert "did you mean 'ease'?" in run.stdout
    assert "controls.ease.penalti: unknown key; did you mean 'penalty'?" in run.stdout
