"""Numbers, deviations and marks of the tables, worked out by hand."""

from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from reporting.made import SPECTRAN_TABLES, make_findings
from reporting.tree import study
from spectran.reporting.findings import ABSENT, Findings
from spectran.reporting.measures import MEASURES
from spectran.reporting.render.numbers import fixed, percent, signed, spread
from spectran.reporting.render.table import Entry, Table, place_marks
from spectran.reporting.tables import build


def entry(table: Table, row: tuple[str, str], column: tuple[str, str]) -> Entry:
    (found,) = [e for e in table.entries if e.row == row and e.column == column]
    return found


def test_table2_shows_mean_and_spread_and_marks(findings: Findings):
    table = build("table2", findings)
    best = entry(table, ("SASRec", "SpecTran"), ("Office", "NDCG@10"))
    assert best.text == "0.4500 ± 0.0707"  # seeds 0.4 and 0.5
    assert best.mark == "best"
    assert best.link == "cells/office/minilm/sasrec/spectran/d128/ranks.parquet"
    second = entry(table, ("SASRec", "MoRec"), ("Office", "NDCG@10"))
    assert (second.text, second.mark) == ("0.1500 ± 0.0000", "second")
    assert entry(table, ("SASRec", "Base"), ("Office", "NDCG@10")).mark == ""
    assert table.columns[:4] == [("Office", m) for m in ("NDCG@10", "NDCG@20", "HR@10", "HR@20")]


def test_deviation_from_the_printed_number(findings: Findings):
    table = build("table2_printed", findings)
    row = ("Office · SASRec", "SpecTran")
    # Printed: 0.0471 (Table 2, SASRec, Office, NDCG@10); ours 0.45.
    assert entry(table, row, ("NDCG@10", "printed")).text == "0.0471"
    assert entry(table, row, ("NDCG@10", "difference")).text == "+0.4029"
    assert entry(table, row, ("NDCG@10", "in %")).text == "+855.4"
    data = table.data.set_index(["dataset", "method", "metric"]).loc[("office", "base", "hr@20")]
    assert data["printed"] == 0.1130
    assert data["absolute"] == pytest.approx(0.2 - 0.1130)
    assert data["relative"] == pytest.approx(100 * (0.2 / 0.1130 - 1))


def test_synthetic_data_has_no_printed_number_whatever_its_name(tmp_path: Path):
    made = study(datasets={"office": {"label": "Toy office", "source": "synthetic", "synthetic": {}}})
    findings = make_findings(made, tmp_path)
    table = build("table2_printed", findings)
    assert table.data["printed"].isna().all()
    assert entry(table, ("Toy office · SASRec", "all rows"), ("NDCG@10", "printed")).text == ABSENT
    assert any("Synthetic data has no printed number" in note for note in table.notes)
    assert not any("LLaMA3" in note for note in table.notes)
    first = build("table1", findings)
    assert entry(first, ("", "Toy office"), ("Users", "printed")).text == ABSENT
    assert entry(first, ("", "Toy office"), ("Users", "difference")).text == "–"


def test_a_dataset_under_another_name_is_joined_by_its_printed_name(tmp_path: Path):
    files = {"interactions": "a.csv", "items": "b.csv"}
    shop = {"label": "Office", "row": "office", "source": "files", "files": files}
    findings = make_findings(study(datasets={"shop": shop}), tmp_path)
    table = build("table2_printed", findings)
    assert entry(table, ("Office · SASRec", "SpecTran"), ("NDCG@10", "printed")).text == "0.0471"
    assert set(table.data["dataset"]) == {"shop"}
    first = build("table1", findings)
    assert entry(first, ("", "Office"), ("Items", "printed")).text == "2,414"
    assert set(first.data["dataset"]) == {"shop"}


def test_cells_cut_short_are_marked(findings: Findings):
    assert not any("Cut short" in note for note in build("table2", findings).notes)
    assert not any("limit" in e.text for e in build("choice", findings).entries)
    choice = findings.frames.choice.copy()
    choice.loc[(choice["dataset"] == "office") & choice["method"].isin(["base", "spectran"]), "at_limit"] = 1
    cut = replace(findings, frames=replace(findings.frames, choice=choice))
    said = "still improving at the limit of 200 epochs"
    assert build("table2", cut).notes[1] == (
        f"Cut short, {said}, with some or all seeds: Office · SASRec: Base, SpecTran."
    )
    everything = replace(findings, frames=replace(findings.frames, choice=choice.assign(at_limit=2)))
    assert (
        build("table2", everything).notes[1].endswith("Office · SASRec: every method; Made up · SASRec: every method.")
    )
    table = build("choice", cut)
    assert entry(table, ("Office · SASRec", "Base"), ("", "Best epoch")).text == f"7 of 12, 7 of 12; {said}"
    assert entry(table, ("Office · SASRec", "MoRec"), ("", "Best epoch")).text == "7 of 12, 7 of 12"


def test_embeddings_table_shows_every_measure_of_both_forms(findings: Findings):
    table = build("embeddings", findings)
    assert len(table.columns) == 1 + len(MEASURES)
    texts = [
        entry(table, ("Office", form), ("", "Mean cosine")).text for form in ("as they are", "column means removed")
    ]
    assert texts == ["0.000", "−0.500"]


def test_a_row_the_paper_does_not_have_says_so(tmp_path: Path):
    made = study(methods={"base": {}, "own": {"kind": "morec", "label": "Own", "row": "Own"}})
    table = build("table2_printed", make_findings(made, tmp_path))
    assert entry(table, ("Office · SASRec", "Own"), ("HR@10", "printed")).text == ABSENT
    assert entry(table, ("Office · SASRec", "Base"), ("HR@10", "printed")).text == "0.0674"


def test_printed_numbers_are_for_d_128_only(tmp_path: Path):
    table = build("table2_printed", make_findings(study(dimensions=[64, 128]), tmp_path))
    assert table.data[table.data["dim"] == 64]["printed"].isna().all()
    assert table.data[(table.data["dim"] == 128) & (table.data["dataset"] == "office")]["printed"].notna().all()


def test_ablations_are_compared_with_table_3(tmp_path: Path):
    variant = {"kind": "spectran", "label": "w/o phi", "row": "without_attention", "attention": False}
    findings = make_findings(study(methods={"without_attention": variant}), tmp_path)
    table = build("table2_printed", findings)
    assert entry(table, ("Office · SASRec", "w/o phi"), ("NDCG@10", "printed")).text == "0.0464"


def test_the_page_warns_when_the_encoder_is_another(findings: Findings):
    assert "LLaMA3-8B and tuned" in build("table2_printed", findings).notes[0]
    paper = findings.study.encoder.model_copy(update={"model": "meta-llama/Meta-Llama-3-8B"})
    same = replace(findings, study=findings.study.model_copy(update={"encoder": paper}))
    assert not any("LLaMA3-8B and tuned" in note for note in build("table2_printed", same).notes)


def test_table1_difference(findings: Findings):
    table = build("table1", findings)
    texts = [entry(table, ("", "Office"), ("Items", c)).text for c in ("ours", "printed", "difference")]
    assert texts == ["2,415", "2,414", "+1"]
    assert entry(table, ("", "Office"), ("Interactions", "difference")).text == "−2"
    assert entry(table, ("", "Office"), ("Density, %", "difference")).text == "−0.0002"


def test_other_score_and_order(findings: Findings):
    table = build("table2_score", findings)
    # SpecTran by dot: seed 0 gives (1 + 2 * 0.5) / 10 = 0.2, seed 1 gives 0.3; by cosine 0.45.
    row = ("Office · SASRec", "SpecTran")
    assert entry(table, row, ("NDCG@10", "dot")).text == "0.2500 ± 0.0707"
    assert entry(table, row, ("NDCG@10", "change, %")).text == "−44.4"
    order = build("score_order", findings)
    where = ("Office · SASRec", "NDCG@10")
    assert entry(order, where, ("", "Same order?")).text == "changes"
    assert entry(order, where, ("", "Pairs swapped")).text == "1 of 3"
    assert entry(order, where, ("", "By cosine")).text == "SpecTran ≻ MoRec ≻ Base"
    assert entry(order, where, ("", "By dot")).text == "MoRec ≻ SpecTran ≻ Base"


def test_base_lends_its_item_table_and_says_so(findings: Findings):
    rows = [name for _, name in build("collapse", findings).rows]
    assert rows[:3] == ["Base (item table)", "MoRec", "SpecTran"]
    assert [name for _, name in build("collapse_item", findings).rows][:3] == ["Base", "MoRec", "SpecTran"]


def test_cost_without_inference_time_is_a_dash(findings: Findings):
    table = build("cost", findings)
    assert entry(table, ("Office · SASRec", "Base"), ("", "Inference, s")).text == "–"
    assert entry(table, ("Office · SASRec", "MoRec"), ("", "Trainable parameters")).text == "1,705,728"


@pytest.mark.parametrize(
    ("name", "file"),
    [
        ("choice", "training.json"),
        ("cost", "training.json"),
        ("collapse", "spectrum.parquet"),
        ("collapse_item", "spectrum.parquet"),
    ],
)
def test_numbers_of_a_cell_lead_to_the_file_that_holds_them(name: str, file: str, findings: Findings):
    links: dict[str, set[str]] = {}
    for e in build(name, findings).entries:
        links.setdefault(e.row[1].removesuffix(" (item table)"), set()).add(e.link)
    cells = findings.frames.cells.groupby("method_label")
    assert links == {label: set(rows["path"] + f"/{file}") for label, rows in cells}


@pytest.mark.parametrize("name", SPECTRAN_TABLES)
def test_every_table_is_a_full_grid(name: str, whole: Findings):
    table = build(name, whole)
    places = [(e.row, e.column) for e in table.entries]
    assert len(set(places)) == len(places)
    assert set(places) == {(row, column) for row in table.rows for column in table.columns}


def test_unknown_table_is_refused(findings: Findings):
    with pytest.raises(ValueError, match="table 'os': one of failures"):
        build("os", findings)


def test_marks_share_places_and_leave_a_lone_value_alone():
    assert place_marks(pd.Series([0.3, 0.5, 0.5, 0.1])) == ["second", "best", "best", ""]
    assert place_marks(pd.Series([0.3])) == [""]
    assert place_marks(pd.Series([0.3, float("nan")])) == ["", ""]


def test_numbers_for_the_eye():
    nan = float("nan")
    assert (fixed(-0.5, 1), fixed(nan), fixed(None)) == ("−0.5", "–", "–")
    assert (signed(0.00001), signed(-0.00001), signed(-0.1, 1)) == ("0.0000", "0.0000", "−0.1")
    assert (spread(0.5, nan, 2), spread(0.5, 0.1, 2)) == ("0.50", "0.50 ± 0.10")
    assert (percent(12.345), percent(nan)) == ("12.3\u00a0%", "–")
