"""A study with every part on three backbones in one small run: what is made and shown, and what can be left out."""

import json

import pandas as pd
import pytest

from reporting.browser import check_page
from workflow_runs import planned, run_study

pytestmark = pytest.mark.workflow

ENTRIES = {
    "base": {},
    "morec": {},
    "spectran": {},
    "without": {"kind": "spectran", "attention": False, "row": "without_attention", "label": "SpecTran w/o mixing"},
    "random": {"kind": "spectran", "vectors": "random", "row": "spectran_random", "label": "SpecTran, random vectors"},
}
PARTS = {
    "main": {"methods": ["base", "morec", "spectran"]},
    "ablation": {"backbones": ["sasrec"], "methods": ["base", "spectran", "without"]},
    "dimension": {"backbones": ["sasrec"], "methods": ["base", "spectran"], "dimensions": [4, 8]},
    "efficiency": {"backbones": ["sasrec"], "methods": ["base", "spectran"]},
    "case_study": {"backbones": ["sasrec"], "methods": ["spectran"]},
    "controls": {"backbones": ["sasrec"], "methods": ["base", "spectran", "random"]},
}
STUDY = {
    "backbones": {"bert4rec": {}, "sasrec": {}, "hstu": {}},
    "methods": ENTRIES,
    "parts": PARTS,
    "controls": {"popularity": {}, "text-knn": {}},
    "training": {"epochs": 2, "batch": 64},
}
#: main 3 x 3, one ablation, two cells of d 4, one control.
CELLS = 9 + 1 + 2 + 1


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    folder = tmp_path_factory.mktemp("parts")
    run = run_study(folder, **STUDY)
    assert run.returncode == 0, run.stdout
    return folder, run.stdout


def test_each_cell_is_trained_once(finished):
    jobs = planned(finished[1])
    assert jobs["training_cell"] == jobs["evaluation_cell"] == CELLS
    assert (jobs["training_efficiency"], jobs["spectra_weights"], jobs["text_surrogate"]) == (2, 1, 1)
    assert jobs["evaluation_control"] == jobs["training_control"] == 2


def test_random_vectors_come_from_a_folder_of_their_own(finished):
    results = finished[0] / "results"
    inputs = json.loads((results / "cells/toy/minilm/sasrec/random/d8/provenance.json").read_text())["inputs"]
    assert any("spectra/toy/minilm-random/" in path for path in inputs)
    inputs = json.loads((results / "cells/toy/minilm/sasrec/spectran/d8/provenance.json").read_text())["inputs"]
    assert any("spectra/toy/minilm/" in path for path in inputs)


def test_every_table_and_figure_has_its_cells(finished):
    report = finished[0] / "results/report"
    tables = {name: pd.read_csv(report / f"tables/{name}.csv") for name in ("table2", "table3", "table4", "table5")}
    assert set(tables["table2"]["method"]) == set(PARTS["main"]["methods"])
    assert set(tables["table2"]["backbone"]) == {"bert4rec", "sasrec", "hstu"}
    assert set(tables["table3"]["method"]) == set(PARTS["ablation"]["methods"])
    assert set(tables["table4"]["dim"]) == {4, 8}
    assert set(tables["table5"]["method"]) == set(PARTS["efficiency"]["methods"])
    for name in ("table6", "controls"):
        assert (report / f"tables/{name}.tex").stat().st_size > 0
    for figure in ("figure1", "dimension", "ablation", "weights", "curves", "rank_ndcg"):
        assert (report / f"figures/{figure}.svg").stat().st_size > 0
    assert (report / "audit.html").is_file()


def test_the_page_is_whole_in_a_browser(finished):
    check_page(finished[0] / "results/report/index.html")


def test_a_part_can_be_switched_off_and_the_page_says_so(finished):
    folder, _ = finished
    changed = STUDY | {"parts": PARTS | {"dimension": None, "case_study": None}}
    run = run_study(folder, **changed)
    assert run.returncode == 0, run.stdout
    assert "training_cell" not in planned(run.stdout)
    page = (folder / "results/report/index.html").read_text(encoding="utf-8")
    assert "Table 4" not in page.split("<main")[-1] or "not run" in page
    assert "Table 3" in page
