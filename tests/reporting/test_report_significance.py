"""Marks of significance, the tables of comparisons, variance and aggregates, and the forest plot: by hand."""

from dataclasses import replace
from itertools import product

import numpy as np
import pandas as pd
import pytest

from reporting.handmade import PARTS, by_hand, changed, published
from reporting.handmade_statistics import OWN_ERROR, PAIRED_ERROR, Z
from reporting.test_report_claims import verdict
from reporting.test_report_tables import entry
from spectran.reporting.catalogue.tables import TABLES
from spectran.reporting.figures import module
from spectran.reporting.figures.style import looks, style
from spectran.reporting.findings import Findings
from spectran.reporting.render.latex import to_latex
from spectran.reporting.significance import sign
from spectran.reporting.tables import build

MAIN = {"main": PARTS["main"] | {"backbones": ["sasrec"]}}
ONE = {"backbones": {"sasrec": {}}, "controls": {}}
WHERE = ("Toy", "NDCG@20")
#: Tables with marks, the part that each is of, and a method that SpecTran is compared with in it.
MARKED = [
    ("table2", "main", ("SASRec", "AlphaFuse")),
    ("table3", "ablation", ("SASRec", "SpecTran w/o A")),
    ("table4", "dimension", ("SASRec · d = 64", "RLMRec")),
    ("controls", "controls", ("SASRec", "SpecTran, random vectors")),
]
NBSP = "\u00a0"


@pytest.fixture(scope="module")
def full() -> Findings:
    return by_hand(published(seeds=3))


@pytest.fixture(scope="module")
def alone() -> Findings:
    """One seed, one backbone, the main part."""
    return by_hand(published(parts=MAIN, **ONE))


def marked(findings: Findings, users: bool, total: bool) -> Findings:
    marks = {"significant": users, "significant_total": total, "p_holm": 0.25, "p_total_holm": 0.5}
    return changed(findings, "comparisons", lambda frame: frame.assign(**marks))


@pytest.mark.parametrize(("users", "total"), product([False, True], repeat=2))
@pytest.mark.parametrize(("name", "part", "row"), MARKED)
def test_marks_stand_beside_the_other_method(
    name: str, part: str, row: tuple, users: bool, total: bool, full: Findings
):
    table = build(name, marked(full, users, total))
    expected = {(True, True): "‡", (True, False): "†"}.get((users, total), "")
    assert entry(table, row, WHERE).sign == expected == sign(users, total)
    assert entry(table, (row[0], "SpecTran"), WHERE).sign == ""  # it is not compared with itself
    data = table.data[table.data["method_label"] == row[1]].dropna(subset="dim")
    assert set(data["significant"]) == {users}
    assert set(data["p_holm"]) == {0.25}
    assert set(data["p_total_holm"]) == {0.5}
    own = table.data[table.data["method"] == "spectran"]
    assert own[["p_holm", "significant", "p_total_holm", "significant_total"]].isna().all(axis=None)
    latex = to_latex(table, TABLES[name], name)
    assert latex.count(r"\rlap{$^{\dagger}$}") == (sum(e.sign == "†" for e in table.entries))
    assert latex.count(r"\rlap{$^{\ddagger}$}") == (sum(e.sign == "‡" for e in table.entries))


def test_a_mark_is_of_its_own_part(full: Findings):
    """Base is in three families; its mark in Table 3 is that of the ablations'."""

    def change(frame: pd.DataFrame) -> pd.DataFrame:
        frame["significant"] = frame["part"] == "ablation"
        return frame.assign(significant_total=False)

    found = changed(full, "comparisons", change)
    signs = {name: entry(build(name, found), ("SASRec", "Base"), WHERE).sign for name in ("table2", "table3")}
    assert signs == {"table2": "", "table3": "†"}


def test_the_note_says_test_level_and_family(full: Findings, alone: Findings):
    (note,) = [note for note in build("table2", full).notes if "†" in note]
    assert "SpecTran differs from this number by more than the chance of users, p < 0.05 in a paired t test" in note
    assert "all 24 comparisons of this part of the study by this metric" in note  # 8 methods, 3 backbones
    assert "One seed" not in note
    assert "With one seed" not in note
    (note,) = [note for note in build("table2", alone).notes if "†" in note]
    assert "all 8 comparisons" in note
    assert "With one seed ‡ cannot be given" in note
    level = alone.study.statistics.model_copy(update={"alpha": 0.01})
    strict = replace(alone, study=alone.study.model_copy(update={"statistics": level}))
    assert any("p < 0.01" in note for note in build("table2", strict).notes)


def test_a_test_that_could_not_be_made_is_not_of_the_family(alone: Findings):
    gone = changed(alone, "comparisons", lambda frame: frame.assign(p_t=frame["p_t"].where(frame["method"] != "base")))
    assert any("all 7 comparisons" in note for note in build("table2", gone).notes)


def test_what_was_not_compared_has_no_mark(full: Findings):
    """A cell without ranks: the others keep theirs."""
    gone = changed(marked(full, users=True, total=False), "comparisons", lambda f: f[f["method"] != "alphafuse"])
    table = build("table2", gone)
    assert entry(table, ("SASRec", "AlphaFuse"), WHERE).sign == ""
    assert entry(table, ("SASRec", "Base"), WHERE).sign == "†"


@pytest.mark.parametrize("methods", [["base", "morec"], ["spectran"]])
def test_without_a_pair_everything_says_so(methods: list[str]):
    lonely = by_hand(published(parts={"main": {"methods": methods, "dimensions": [128]}}, **ONE))
    assert any("here there is no such pair" in note for note in build("table2", lonely).notes)
    table = build("comparisons", lonely)
    assert [found.text for found in table.entries] == ["none in this study"]
    assert r"\end{tabular}" in to_latex(table, TABLES["comparisons"], "comparisons")
    with style():
        module("differences").draw(lonely).draw_without_rendering()
    assert module("differences").data(lonely).empty


def test_no_rows_at_all_are_no_error(alone: Findings):
    empty = alone
    for name in ("comparisons", "variance", "aggregates"):
        empty = changed(empty, name, lambda frame: frame.head(0))
    for name in ("table2", "table2_printed", "verdicts", "comparisons", "variance", "aggregates"):
        to_latex(build(name, empty), TABLES[name], name)
    for name in ("comparisons", "variance", "aggregates"):
        assert [found.text for found in build(name, empty).entries] == ["none in this study"]
    assert "Not tested for significance." in verdict(empty, "spectran_best").evidence


def test_comparisons_show_every_test(full: Findings):
    table = build("comparisons", full)
    assert table.rows[:2] == [("Toy · BERT4Rec", "Base"), ("Toy · BERT4Rec", "MoRec")]
    assert len(table.rows) == 3 * 8
    # NDCG@20, three seeds 0.1 % apart: 1.25 (0.044 - 0.040) 1.001 = 0.005005, 1.96 errors of 0.001 either side.
    row = ("Toy · SASRec", "AlphaFuse")
    groups = ("Difference", "Intervals over users", "p over users", "Users")
    texts = {column: entry(table, row, column).text for column in table.columns if column[0] in groups}
    assert texts == {
        ("Difference", "mean"): "+0.0050",
        ("Difference", "in %"): "+10.0",
        ("Intervals over users", "t"): "[+0.0030, +0.0070]",
        ("Intervals over users", "bootstrap"): "[+0.0030, +0.0070]",
        ("p over users", "t"): "< 0.001",
        ("p over users", "sign flips"): "< 0.001",
        ("p over users", "t, Holm"): "< 0.001",
        ("Users", "effect d"): "0.071",  # 5.005 / sqrt(5000)
        ("Users", "helped"): f"30.0{NBSP}%",
        ("Users", "hurt"): f"20.0{NBSP}%",
        ("Users", "same"): f"50.0{NBSP}%",
    }
    assert entry(table, row, ("Difference", "mean")).sign == "‡"
    assert entry(table, row, ("Difference", "mean")).link == "cells/toys/minilm/sasrec/alphafuse/d128/ranks.parquet"
    assert set(table.data["part"]) == {"main", "ablation", "dimension", "controls"}
    assert set(table.data["metric"]) == set(full.metric_names)
    assert len(table.data) == len(full.frames.comparisons)


def test_one_seed_leaves_dashes_where_seeds_are_needed(alone: Findings):
    table = build("comparisons", alone)
    row = ("Toy · SASRec", "AlphaFuse")
    assert [entry(table, row, ("Users and seeds", name)).text for name in ("interval", "p, Holm")] == ["–", "–"]
    assert entry(table, row, ("Difference", "mean")).sign == "†"
    table = build("variance", alone)
    columns = ("sd, seeds", "se, both", "share of seeds")
    assert [entry(table, row, ("", name)).text for name in columns] == ["–", "–", "–"]
    assert table.notes[0].startswith("One seed: nothing tells how far another training")
    table = build("aggregates", alone)
    assert "With one seed there is no interval" in table.notes[0]
    assert entry(table, ("", "AlphaFuse"), ("Mean", "interval")).text == "–"


def test_the_share_of_seeds(full: Findings):
    """Over users 0.002, sd over seeds such that both together are 0.0025: the share is 1 - 0.8^2 = 36 %."""
    table = build("variance", changed(full, "variance", lambda frame: frame.assign(se_total=0.0025, sd_seeds=0.0026)))
    row = ("Toy · SASRec · d = 128", "SpecTran")
    texts = [entry(table, row, column).text for column in table.columns]
    level = 0.044 * 1.25 * 1.001
    ends = f"[{level - Z * OWN_ERROR:.4f}, {level + Z * OWN_ERROR:.4f}]"  # spread of seeds is too small to show
    assert texts == [f"{level:.4f}", "0.00200", "0.00260", "0.00250", ends, f"36{NBSP}%"]
    assert len(table.rows) == len(full.frames.cells)
    assert table.data["seeds_share"].unique() == pytest.approx([0.36])
    still = build("variance", changed(full, "variance", lambda frame: frame.assign(se_total=0.0, se_users=0.0)))
    assert entry(still, row, ("", "share of seeds")).text == "–"


def test_aggregates_are_in_units_of_base(full: Findings):
    table = build("aggregates", full)
    assert [name for _, name in table.rows][:2] == ["Base", "MoRec"]
    better = "Chance that SpecTran is better"
    texts = [entry(table, ("", "AlphaFuse"), column).text for column in table.columns]
    assert texts[0] == "1.333"  # 0.040 / 0.030
    assert texts[4:] == ["1.000", "[1.000, 1.000]", "3"]
    assert entry(table, ("", "SpecTran"), (better, "value")).text == "–"
    assert "in units of Base's mean" in table.notes[0]
    assert set(table.data["metric"]) == set(full.metric_names)
    parts = {"main": {"methods": ["morec", "spectran"], "dimensions": [128]}}
    assert "as it is, for the bare backbone is not" in build("aggregates", by_hand(published(parts=parts))).notes[0]


def test_the_forest_draws_what_the_frame_says(full: Findings):
    data = module("differences").data(full)
    assert len(data) == 24
    assert data["drawn"].all()
    mixed = changed(full, "comparisons", lambda f: f.assign(significant=f["method"] != "alphafuse", total_low=-0.01))
    with style():
        figure = module("differences").draw(mixed)
    panel = figure.axes[1]
    assert panel.get_title(loc="left") == "Toy\nSASRec"
    names = [label.get_text() for label in figure.axes[0].get_yticklabels()]
    assert names == ["Base", "MoRec", "UniSRec", "LLM-ESR", "RLMRec", "WhitenRec", "LLMInit", "AlphaFuse"]
    assert panel.get_ylim()[0] > panel.get_ylim()[1]  # the first of the study is on top
    lines = [line for line in panel.get_lines() if set(line.get_ydata()) == {7}]
    thin, thick, dot = sorted(lines, key=lambda line: (line.get_marker() == "o", line.get_linewidth()))
    middle = 0.005 * 1.001
    np.testing.assert_allclose(thick.get_xdata(), [middle - Z * PAIRED_ERROR, middle + Z * PAIRED_ERROR])
    np.testing.assert_allclose(thin.get_xdata()[0], -0.01)
    assert thin.get_linewidth() < thick.get_linewidth()
    np.testing.assert_allclose(dot.get_xdata(), [middle])
    assert dot.get_markerfacecolor() == "white"  # not beyond the chance of users
    assert {line.get_color() for line in lines} == {looks(full.study)["alphafuse"].colour}
    filled = [line for line in panel.get_lines() if line.get_marker() == "o" and set(line.get_ydata()) == {0}]
    assert filled[0].get_markerfacecolor() == looks(full.study)["base"].colour


def test_a_method_missing_in_one_place_leaves_its_row_empty(full: Findings):
    gone = changed(full, "comparisons", lambda f: f[(f["method"] != "base") | (f["backbone"] != "hstu")])
    with style():
        figure = module("differences").draw(gone)
    heights = [
        {float(line.get_ydata()[0]) for line in axes.get_lines() if line.get_marker() == "o"} for axes in figure.axes
    ]
    assert [0.0 in found for found in heights] == [True, True, False]


def test_claims_say_what_is_beyond_chance(full: Findings, alone: Findings):
    best = verdict(full, "spectran_best")
    said = "Beyond the chance of users (Holm, p < 0.05) SpecTran is ahead in 12 and behind in 0 of 12"
    assert f"{said}; beyond that of users and seeds ahead in 12 and behind in 0 of 12." in best.evidence
    assert "with one seed the chance of training is not known." in verdict(alone, "spectran_best").evidence
    for name in (
        "average_gain",
        "ablations_below_full",
        "gain_grows_as_d_falls",
        "gain_over_adapter",
        "vectors_matter",
    ):
        assert "Beyond the chance of users" in verdict(full, name).evidence, name
    turned = changed(full, "comparisons", lambda f: f.assign(difference=-f["difference"], significant_total=False))
    evidence = verdict(turned, "spectran_best").evidence
    assert "ahead in 0 and behind in 12 of 12; beyond that of users and seeds ahead in 0 and behind in 0" in evidence


def test_another_reference_is_no_test_of_spectran():
    """The study may compare with any method; claims are about the paper's."""
    other = by_hand(published(parts=MAIN, statistics={"reference": "base"}, **ONE))
    assert "Not tested for significance." in verdict(other, "spectran_best").evidence
    table = build("table2", other)
    assert entry(table, ("SASRec", "SpecTran"), WHERE).sign == "†"
    assert any("Base differs from this number" in note for note in table.notes)
    assert ("Chance that Base is better", "value") in build("aggregates", other).columns
