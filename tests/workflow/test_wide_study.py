"""A study with two datasets, two seeds, a grid, packs and every kind of method, through the rules into the report."""

import json
import zipfile

import pandas as pd
import pytest

from reporting.browser import check_page
from spectran.evaluation.metrics import summarise
from workflow_runs import run_study

pytestmark = [pytest.mark.workflow, pytest.mark.slow]
#: In columns about SpecTran alone: the gain, and the method that it is over.
OF_SOME_ROWS = ("percent", "rival")
_TESTS = {"p_holm", "significant", "p_total_holm", "significant_total"}
_VERDICT = {"band", "verdict"}
#: Columns that have nothing to say in some rows, by file: SpecTran is not compared with itself, an untrained control
#: has no seeds, synthetic data has no printed number, the study itself is no variant, a group may have no users.
SAYS_NOTHING = {
    "table2": _TESTS,
    "table3": _TESTS,
    "table4": _TESTS,
    "table2_printed": _VERDICT,
    "table3_printed": _VERDICT,
    "table4_printed": _VERDICT,
    "readings": {"variant"},
    "sensitivity": {"variant"},
    "controls": {*_TESTS, "backbone", "dim", "sd", "seeds"},
    "data_audit": {"note"},
    "groups": {"value", "low", "high"},
    "tuning": {"edge"},
    "verdicts": {"mean_size"},
}
METHODS = {
    "base": {},
    "morec": {},
    "alphafuse": {},
    "spectran": {"label": "SpecTran <script>alert(1)</script>"},
}
STUDY = {
    "datasets": {
        "toy": {"label": "Toy", "source": "synthetic", "synthetic": {"users": 200, "items": 80, "seed": 1}},
        "office": {
            "label": "Office & more",
            "source": "synthetic",
            "synthetic": {"users": 200, "items": 80, "seed": 2},
        },
    },
    "methods": METHODS,
    "seeds": [0, 1],
    "tuning": {"dropout": [0.0, 0.3], "id_scale": [1.0]},
    "training": {"epochs": 2, "batch": 64, "exclude": "history"},
    "compute": {"device": "cpu", "pack": 2},
    "evaluation": {"cutoffs": [5, 10, 20]},
}


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    folder = tmp_path_factory.mktemp("wide")
    run = run_study(folder, **STUDY)
    assert run.returncode == 0, run.stdout
    return folder


def test_table_2_is_full_and_is_what_the_ranks_say(finished):
    table = pd.read_csv(finished / "results/report/tables/table2.csv")
    assert len(table) >= len(METHODS)
    for dataset in STUDY["datasets"]:
        for method in METHODS:
            ranks = pd.read_parquet(finished / f"results/cells/{dataset}/minilm/sasrec/{method}/d8/ranks.parquet")
            assert set(ranks["seed"]) == {0, 1}
            by_seed = summarise(ranks, [5, 10, 20]).query("score == 'cosine'")
            rows = table[(table["dataset"] == dataset) & (table["method"] == method)].set_index("metric")
            for metric in ("ndcg@5", "hr@10", "ndcg@20"):
                assert rows.loc[metric, "ours"] == pytest.approx(by_seed[metric].mean(), abs=5e-7)
                assert rows.loc[metric, "sd"] == pytest.approx(by_seed[metric].std(), abs=5e-7)


def test_the_search_and_the_choice_are_kept(finished):
    cell = finished / "results/cells/toy/minilm/sasrec/spectran/d8"
    trials = pd.read_parquet(cell / "trials.parquet")
    searched = trials[trials["phase"] == "search"]
    assert set(searched["dropout"]) == {0.0, 0.3}
    best = searched.loc[searched.groupby("member")["ndcg@20"].max().idxmax() == searched["member"], "dropout"].iloc[0]
    choice = json.loads((cell / "training.json").read_text())["choice"]
    assert choice["dropout"] == best
    assert choice["trials"] == 2
    assert set(trials.loc[trials["phase"] == "final", "seed"]) == {0, 1}


def test_no_table_or_figure_has_a_hole(finished):
    for path in sorted((finished / "results/report").rglob("*.csv")):
        table = pd.read_csv(path)
        assert len(table) or path.stem == "failures", path.name
        columns = [
            c
            for c in table.columns
            if not any(word in c for word in (*OF_SOME_ROWS, "printed", "paper", "difference", "absolute", "relative"))
        ]
        holes = table[columns].isna().any().drop(list(SAYS_NOTHING.get(path.stem, ())), errors="ignore")
        assert not holes.any(), f"{path.name}: {list(holes[holes].index)}"


def test_the_page_is_sound_and_shows_markup_as_text(finished):
    page = finished / "results/report/index.html"
    assert "<script>alert" not in page.read_text(encoding="utf-8")
    assert "&lt;script&gt;alert" in page.read_text(encoding="utf-8")
    check_page(page)


def test_snakemakes_own_report_holds_the_tables_and_figures(finished):
    run = run_study(finished, "--report", "report.zip", **STUDY)
    assert run.returncode == 0, run.stdout
    with zipfile.ZipFile(finished / "report.zip") as archive:
        names = archive.namelist()
    for ending in ("figure1.svg", "index.html"):
        assert any(name.endswith(ending) for name in names), names
    assert any("table2" in name for name in names)
