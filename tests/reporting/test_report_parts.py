"""Tables 3 to 6, the controls and SpecTran's improvement, worked out by hand on a made-up study with every part."""

from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from reporting.made import PUBLISHED, SPECTRAN_TABLES, make_findings
from reporting.tree import PARTS, whole_study
from spectran.reporting.catalogue.figures import FIGURES
from spectran.reporting.catalogue.parts import parts_shown, shown
from spectran.reporting.catalogue.tables import TABLES
from spectran.reporting.findings import ABSENT, Findings
from spectran.reporting.gains import changes, gains
from spectran.reporting.printed import read_printed
from spectran.reporting.render.table import Entry, Table
from spectran.reporting.tables import build
from spectran.reporting.tables.controls import UNTRAINED_NOTE


def entry(table: Table, row: tuple[str, str], column: tuple[str, str]) -> Entry:
    (found,) = [e for e in table.entries if e.row == row and e.column == column]
    return found


def texts(table: Table, row: tuple[str, str], columns: list[tuple[str, str]]) -> list[str]:
    return [entry(table, row, column).text for column in columns]


METRICS = [("Toy", metric) for metric in ("NDCG@10", "NDCG@20", "HR@10", "HR@20")]


def test_the_improvement_is_over_the_best_other_method_of_each_column(whole: Findings):
    table = build("table2", whole)
    # SpecTran 0.45 and 0.55; AlphaFuse 0.25 and 0.3.
    found = texts(table, ("SASRec", "Improvement"), METRICS)
    assert found == ["+80.00\u00a0%", "+80.00\u00a0%", "+83.33\u00a0%", "+83.33\u00a0%"]
    assert [name for group, name in table.rows if group == "HSTU"][-1] == "Improvement"
    row = table.data.set_index(["dataset", "backbone", "method", "metric"]).loc[("made", "hstu", "spectran", "hr@10")]
    assert (row["rival"], row["gain_percent"]) == ("AlphaFuse", pytest.approx(250 / 3))


def test_the_improvement_may_be_a_loss_and_knows_no_ablations(whole: Findings):
    data = whole.accuracy("cosine")
    found = gains(data.assign(ours=data["ours"].where(data["method"] != "rlmrec", 0.6)), whole.printed.methods)
    value = found.set_index(["dataset", "backbone", "dim", "metric"])["gain_percent"]["toys", "sasrec", 128, "ndcg@10"]
    assert value == pytest.approx(100 * (0.45 / 0.6 - 1))
    better = data.assign(ours=data["ours"].where(data["method"] != "identity", 0.9))
    assert set(gains(better, whole.printed.methods)["rival"]) == {"AlphaFuse"}


@pytest.mark.parametrize("methods", [["base", "alphafuse"], ["spectran"]])
def test_without_spectran_or_a_rival_there_is_no_improvement(methods: list[str], tmp_path: Path):
    made = whole_study(parts={}, methods={name: {} for name in methods}, controls={}, seeds=[0])
    table = build("table2", make_findings(made, tmp_path))
    assert [name for _, name in table.rows if name == "Improvement"] == []
    assert not any("Improvement" in note for note in table.notes)


def test_nothing_is_in_percent_of_zero(whole: Findings):
    data = whole.accuracy("cosine").assign(ours=0.0)
    assert gains(data, whole.printed.methods)["gain_percent"].isna().all()
    assert changes(data)["change_percent"].isna().all()


def test_ablations_have_a_table_of_their_own(whole: Findings):
    variant = "SpecTran w/o φ(QKᵀ)"
    assert all(name != variant for _, name in build("table2", whole).rows)
    table = build("table3", whole)
    assert entry(table, ("SASRec", variant), METRICS[0]).text == "0.2500 ± 0.0000"
    assert entry(table, ("SASRec", variant), METRICS[0]).mark == "second"
    against = "SASRec: change against SpecTran"
    assert texts(table, (against, variant), METRICS[::2]) == ["−44.4\u00a0%", "−45.5\u00a0%"]  # 25 / 45, 30 / 55
    assert texts(table, (against, "Base"), METRICS[::3]) == ["−88.9\u00a0%", "−63.6\u00a0%"]  # 5 / 45, 20 / 55
    groups = list(dict.fromkeys(group for group, _ in table.rows))
    assert groups == ["SASRec", against, "HSTU", "HSTU: change against SpecTran"]
    printed = build("table3_printed", whole)
    row = ("Toy · HSTU", variant)
    assert entry(printed, row, ("NDCG@10", "printed")).text == "0.0362"
    assert entry(printed, row, ("NDCG@10", "difference")).text == "+0.2138"


def test_dimensions_stand_from_the_widest_with_the_gain_over_alphafuse(whole: Findings):
    table = build("table4", whole)
    assert list(dict.fromkeys(group for group, _ in table.rows)) == [f"SASRec · d = {d}" for d in (256, 128, 16)]
    # At 16 SpecTran has its hits at rank 1 only: (0.3 + 0.4) / 2 over 0.25, and over 0.3.
    assert texts(table, ("SASRec · d = 16", "SpecTran over AlphaFuse"), METRICS[1:3]) == [
        "+40.0\u00a0%",
        "+16.7\u00a0%",
    ]
    assert entry(table, ("SASRec · d = 256", "SpecTran over AlphaFuse"), METRICS[0]).text == "+80.0\u00a0%"
    assert entry(table, ("SASRec · d = 16", "AlphaFuse"), METRICS[0]).mark == "second"
    link = entry(table, ("SASRec · d = 16", "Base"), METRICS[0]).link
    assert link == "cells/toys/minilm/sasrec/base/d16/ranks.parquet"


def test_table_4_is_compared_at_its_dimension_but_for_the_copied_row(whole: Findings):
    table = build("table4_printed", whole)
    numbers = {
        d: entry(table, (f"Toy · SASRec · d = {d}", "RLMRec"), ("NDCG@10", "printed")).text for d in (16, 128, 256)
    }
    assert numbers == {16: "0.0238", 128: "0.0269", 256: "0.0275"}  # Table 4 prints 0.0295 at 128, WhitenRec's
    assert any("repeats WhitenRec's" in note for note in table.notes)
    again = pd.read_csv(PUBLISHED / "table4.csv").set_index(["dim", "method", "dataset", "metric"])["value"]
    assert again[128, "RLMRec", "toys", "ndcg@10"] == 0.0295
    hstu = read_printed(PUBLISHED).accuracy.query("backbone_row == 'hstu' and dim != 128")
    assert hstu.empty


def test_printed_accuracy_has_one_number_a_place():
    keys = ["dataset_row", "backbone_row", "method_row", "metric", "dim"]
    assert not read_printed(PUBLISHED).accuracy.duplicated(keys).any()


def test_training_seconds_are_an_epoch_s_times_the_epochs(whole: Findings):
    table = build("table5", whole)
    row = ("Toy · SASRec", "SpecTran")
    assert texts(table, row, [("", "s an epoch"), ("", "Epochs until the stop"), ("", "Training, s")]) == [
        "0.500",
        "12",
        "6.0",
    ]
    assert entry(table, ("Toy · SASRec", "Base"), ("", "Training, s")).text == "3.0"
    assert entry(table, row, ("", "Peak memory, MB")).link == "cells/toys/minilm/sasrec/spectran/d128/efficiency.json"
    assert "cpu, torch threads: 1, 256 users a step" in table.notes[0]
    assert "median of 3 after one" in table.notes[0]
    trials = whole.frames.trials
    longer = trials[(trials["seed"] == 1) & (trials["epoch"] == 12)].assign(epoch=50)
    searched = trials[trials["seed"] == 0].assign(phase="search", epoch=99)
    more = replace(whole, frames=replace(whole.frames, trials=pd.concat([trials, longer, searched])))
    assert entry(build("table5", more), row, ("", "Epochs until the stop")).text == "12"


def test_parameters_are_compared_at_the_paper_s_sizes(whole: Findings):
    table = build("table5_printed", whole)
    columns = [("Parameters, millions", name) for name in ("ours", "printed", "difference", "in %")]
    # 1,705,728 on SASRec; 2,246,406 with Q, K, four coefficients and lambda, where 2.21 is printed.
    assert texts(table, ("Toy · SASRec", "Base"), columns) == ["1.71", "1.70", "+0.01", "+0.3"]
    ours = table.data.set_index(["method", "quantity"])["ours"]
    assert ours["base", "parameters"] == 1.705728
    assert ours["spectran", "parameters"] == pytest.approx(1.705728 + (128 + 4096) * 128 / 1e6, abs=1e-5)
    assert texts(table, ("Toy · SASRec", "SpecTran"), [("Training, s", "ours"), ("Training, s", "printed")]) == [
        "6.00",
        "24.84",
    ]


def test_with_the_paper_s_encoder_the_measured_count_is_compared(whole: Findings):
    paper = whole.study.encoder.model_copy(update={"model": "meta-llama/Meta-Llama-3-8B"})
    efficiency = whole.frames.efficiency.assign(trainable_parameters=2_210_000)
    same = replace(
        whole,
        study=whole.study.model_copy(update={"encoder": paper}),
        frames=replace(whole.frames, efficiency=efficiency),
    )
    assert set(build("table5_printed", same).data.query("quantity == 'parameters'")["ours"]) == {2.21}


def test_other_data_has_no_printed_seconds(tmp_path: Path):
    parts = {"main": PARTS["main"], "efficiency": {"datasets": ["made"], "methods": ["base", "spectran"]}}
    methods = {name: {} for name in PARTS["main"]["methods"]}
    findings = make_findings(whole_study(parts=parts, methods=methods, controls={}), tmp_path)
    table = build("table5_printed", findings)
    row = ("Made up · SASRec", "SpecTran")
    assert entry(table, row, ("Training, s", "printed")).text == ABSENT
    assert entry(table, row, ("Parameters, millions", "printed")).text == "2.21"
    assert entry(table, ("Made up · HSTU", "all rows"), ("Training, s", "printed")).text == ABSENT


def test_weights_of_a_component_and_their_shares(whole: Findings):
    table = build("table6", whole)
    columns = [(moment, name) for moment in ("At the start", "Trained") for name in ("weight", "a component", "share")]
    # Seeds: principal 5 and 6 trained; subordinate 20 over 40 components; shares 5 / 25 and 6 / 26.
    assert texts(table, ("Toy · SASRec", "Principal"), columns) == [
        *("2.00", "2.000", "20.0\u00a0%"),
        *("5.50", "5.500", "21.5\u00a0%"),
    ]
    assert texts(table, ("Toy · SASRec", "Subordinate"), columns) == [
        *("8.00", "0.200", "80.0\u00a0%"),
        *("20.00", "0.500", "78.5\u00a0%"),
    ]
    counts = [f"{name}, d = 128: 128 principal and 40 subordinate" for name in ("Toy", "Made up")]
    assert table.notes == (f"Components: {'; '.join(counts)}.",)


def test_table_6_beside_the_printed(whole: Findings):
    table = build("table6_printed", whole)
    columns = [("Mean weight, trained", name) for name in ("ours", "printed", "difference", "in %")]
    assert texts(table, ("Toy · SASRec", "Principal"), columns) == ["5.50", "36.88", "−31.38", "−85.1"]
    assert texts(table, ("Toy · SASRec", "Subordinate"), columns) == ["20.00", "169.20", "−149.20", "−88.2"]
    for place in ("Toy · HSTU", "Made up · SASRec"):
        assert entry(table, (place, "all rows"), columns[1]).text == ABSENT


def test_synthetic_data_of_a_printed_name_has_no_printed_weights_or_seconds(tmp_path: Path):
    toys = {"label": "Toy", "source": "synthetic", "synthetic": {}}
    parts = {name: PARTS[name] for name in ("efficiency", "case_study")} | {"main": None}
    methods = {name: {} for name in ("base", "rlmrec", "spectran")}
    findings = make_findings(whole_study(datasets={"toys": toys}, parts=parts, methods=methods, seeds=[0]), tmp_path)
    assert build("table6_printed", findings).data["printed"].isna().all()
    assert set(build("table5_printed", findings).data.dropna(subset="printed")["quantity"]) == {"parameters"}


def test_no_subordinate_components_have_no_mean(whole: Findings):
    weights = whole.frames.weights.assign(subordinate=0.0, components=0)
    table = build("table6", replace(whole, frames=replace(whole.frames, weights=weights)))
    row = ("Toy · SASRec", "Subordinate")
    assert texts(table, row, [("Trained", "weight"), ("Trained", "a component"), ("Trained", "share")]) == [
        "0.00",
        "–",
        "0.0\u00a0%",
    ]


def test_controls_stand_beside_trained_rows(whole: Findings):
    table = build("controls", whole)
    assert table.rows == [
        ("Untrained", "Popularity"),
        ("Untrained", "Item kNN"),
        ("SASRec", "Base"),
        ("SASRec", "SpecTran"),
        ("SASRec", "Linear adapter"),
    ]
    assert table.columns[:4] == METRICS
    knn = entry(table, ("Untrained", "Item kNN"), METRICS[0])
    assert (knn.text, knn.mark) == ("0.2000", "second")
    assert knn.link == "controls/toys/minilm/item-knn/ranks.parquet"
    assert entry(table, ("SASRec", "SpecTran"), METRICS[0]).mark == "best"
    assert entry(table, ("Untrained", "Popularity"), METRICS[1]).text == "0.0750"
    assert (table.notes[0], table.notes[2]) == ("Mean of 2 seeds. Ranked by cosine.", UNTRAINED_NOTE)
    assert table.notes[1].startswith("†: SpecTran differs")
    said = {note.split(":")[0].split(" (")[0] for note in table.notes[3:]}
    assert said == {"Popularity", "Item kNN", "Linear adapter"}
    assert table.notes[-1].endswith("here with activation: none.")


def test_a_control_without_a_trained_row_on_its_dataset_leaves_dashes(tmp_path: Path):
    parts = PARTS | {"controls": PARTS["controls"] | {"datasets": ["made"]}}
    table = build("controls", make_findings(whole_study(parts=parts), tmp_path))
    assert entry(table, ("SASRec", "SpecTran"), METRICS[0]).text == "–"
    assert entry(table, ("Untrained", "Item kNN"), METRICS[0]).mark == "best"


def test_untrained_controls_alone_are_shown_too(tmp_path: Path):
    parts = {"main": {}}
    made = whole_study(parts=parts, methods={"base": {}}, seeds=[0])
    assert parts_shown(made) == ("main", "controls")
    table = build("controls", make_findings(made, tmp_path))
    assert table.rows == [("Untrained", "Popularity"), ("Untrained", "Item kNN")]
    assert table.notes[0] == UNTRAINED_NOTE


def test_rows_of_one_dimension_stand_together(whole: Findings):
    for name in ("choice", "cost", "collapse", "collapse_item"):
        groups = [group for group, _ in build(name, whole).lines()]
        assert groups == [
            *(f"Toy · SASRec · d = {d}" for d in (16, 128, 256)),
            *(f"{place} · d = 128" for place in ("Toy · HSTU", "Made up · SASRec", "Made up · HSTU")),
        ]


def test_mask_ratios_are_shown_where_something_masks(whole: Findings):
    assert ("", "Mask ratio") not in build("choice", whole).columns
    choice = whole.frames.choice
    masked = choice.assign(mask_ratio=[0.4 if backbone == "hstu" else 0.0 for backbone in choice["backbone"]])
    table = build("choice", replace(whole, frames=replace(whole.frames, choice=masked)))
    assert entry(table, ("Toy · HSTU · d = 128", "Base"), ("", "Mask ratio")).text == "0.4"
    assert entry(table, ("Toy · SASRec · d = 16", "Base"), ("", "Mask ratio")).text == "–"


def test_a_study_is_shown_what_its_parts_have(whole: Findings):
    assert [*shown(TABLES, whole.study)] == SPECTRAN_TABLES
    only = whole_study(parts={"main": {}}, methods={"base": {}}, controls={})
    for items in (TABLES, FIGURES):
        assert list(shown(items, only)) == [
            name for name, item in items.items() if item.part in {"", "main", "spectran"}
        ]
