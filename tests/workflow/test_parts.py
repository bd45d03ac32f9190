"""A study with every part on three backbones in one small run: what is made and shown, and what can be left out."""

import json

import pandas as pd
import pytest

from reporting.browser import check_page
from spectran.reporting.catalogue.parts import PART_TITLES
from workflow_runs import planned, run_study

pytestmark = [pytest.mark.workflow, pytest.mark.slow]

ENTRIES = {
    "base": {},
    "spectran": {},
    "without": {"kind": "spectran", "attention": False, "row": "without_attention", "label": "SpecTran w/o mixing"},
    "random": {"kind": "spectran", "vectors": "random", "row": "spectran_random", "label": "SpecTran, random vectors"},
}
PARTS = {
    "main": {"methods": ["base", "spectran"]},
    "ablation": {"backbones": ["sasrec"], "methods": ["base", "spectran", "without"]},
    "dimension": {"backbones": ["sasrec"], "methods": ["spectran"], "dimensions": [4, 8]},
    "efficiency": {"backbones": ["sasrec"], "methods": ["spectran"]},
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
#: main 3 x 2, one ablation, one cell of d 4, one control.
CELLS = 6 + 1 + 1 + 1


def test_every_part_is_made_and_shown_and_can_be_left_out(tmp_path):
    run = run_study(tmp_path, **STUDY)
    assert run.returncode == 0, run.stdout
    each_cell_is_trained_once(run.stdout)
    random_vectors_come_from_a_folder_of_their_own(tmp_path / "results")
    every_table_and_figure_has_its_cells(tmp_path / "results/report")
    check_page(tmp_path / "results/report/index.html")

    without = PARTS | {"dimension": None, "case_study": None}
    run = run_study(tmp_path, **(STUDY | {"parts": without}))
    assert run.returncode == 0, run.stdout
    assert "training_cell" not in planned(run.stdout)
    page = (tmp_path / "results/report/index.html").read_text(encoding="utf-8")
    absent = ", ".join(PART_TITLES[part] for part in ("dimension", "case_study", "sensitivity", "frellm4rec"))
    assert f"Not run, so not shown: {absent}." in page
    for name in ("table4", "table6", "weights"):
        assert f'id="{name}"' not in page
    assert 'id="table3"' in page


def each_cell_is_trained_once(output):
    jobs = planned(output)
    assert jobs["training_cell"] == jobs["evaluation_cell"] == CELLS
    assert (jobs["training_efficiency"], jobs["spectra_weights"], jobs["text_surrogate"]) == (1, 1, 1)
    assert jobs["evaluation_control"] == jobs["training_control"] == 2


def random_vectors_come_from_a_folder_of_their_own(results):
    for method, folder in {"random": "minilm-random", "spectran": "minilm"}.items():
        record = json.loads((results / f"cells/toy/minilm/sasrec/{method}/d8/provenance.json").read_text())
        assert any(f"spectra/toy/{folder}/" in path for path in record["inputs"]), method


def every_table_and_figure_has_its_cells(report):
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
