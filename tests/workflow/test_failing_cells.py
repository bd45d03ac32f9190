"""A cell that diverges is recorded, the rest goes on, report and exit status say so, and it alone is tried again."""

import json

import pandas as pd
import pytest

from reporting.browser import check_page
from workflow_runs import planned, run_study

pytestmark = [pytest.mark.workflow, pytest.mark.slow]
CELLS = "results/cells/toy/minilm/sasrec"
#: An ID table that starts at 1e38 leaves the numbers of float32 in the first epoch.
WILD = {"kind": "base", "label": "Wild", "id_scale": 1e38}
STUDY = {"methods": {"base": {}, "wild": WILD}, "training": {"epochs": 2, "batch": 64}}


def test_the_rest_goes_on_and_only_what_failed_is_tried_again(tmp_path):
    run = run_study(tmp_path, **STUDY)
    assert run.returncode == 1, run.stdout
    the_run_says_what_failed(run.stdout)
    the_other_cell_is_whole(tmp_path)
    the_failed_one_is_empty_but_for_curves(tmp_path)
    the_page_has_a_ledger(tmp_path)
    jobs = planned(run_study(tmp_path, "--dry-run", **STUDY).stdout)
    assert jobs["training_cell"] == jobs["evaluation_cell"] == 1, "the cell that failed, and not the other"


def the_run_says_what_failed(output):
    assert "1 of 2 cells failed. All else is done, and results/report/index.html shows what is missing" in output
    reason = (
        "Wild: diverged: loss or scores not finite: seed 0 in epoch 1, with weight_decay 0, dropout 0.1, id_scale 1e+38"
    )
    assert f"  Toy · SASRec · d = 8 · {reason}" in output
    errors = {line for line in output.splitlines() if line.startswith("ERROR")}
    assert [line for line in errors if "reporting_complete" not in line] == []


def the_other_cell_is_whole(folder):
    made = {path.name: path.stat().st_size for path in (folder / CELLS / "base/d8").iterdir()}
    assert all(made.values())
    assert "ranks.parquet" in made
    assert not [name for name in made if "failure" in name]


def the_failed_one_is_empty_but_for_curves(folder):
    cell = folder / CELLS / "wild/d8"
    made = {path.name: path.stat().st_size for path in cell.iterdir() if path.is_file()}
    told = {name for name in made if name.endswith(("provenance.json", ".failure.json"))}
    assert {name for name, size in made.items() if size} - told == {"trials.parquet"}
    assert {"ranks.parquet", "members.safetensors", "training.json"} <= made.keys()
    record = json.loads((cell / "training_cell.failure.json").read_text())
    assert (record["rule"], record["label"], record["kind"]) == ("training_cell", "toy sasrec wild d8", "diverged")
    trials = pd.read_parquet(cell / "trials.parquet")
    assert trials[["epoch", "diverged"]].values.tolist() == [[1, True]]


def the_page_has_a_ledger(folder):
    page = folder / "results/report/index.html"
    text = page.read_text(encoding="utf-8")
    assert "loss or scores not finite: seed 0 in epoch 1" in text
    assert f'href="../{CELLS.removeprefix("results/")}/wild/d8/training_cell.failure.json"' in text
    check_page(page)
    assert not (folder / "results/report/complete.json").exists()
