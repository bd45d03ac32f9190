"""Tables of FreLLM4Rec's part, worked out by hand."""

from dataclasses import replace

import pandas as pd
import pytest

from reporting.handmade import by_hand, changed, published
from reporting.handmade_frequencies import BLOCKS, frequency_level, frequency_study
from reporting.test_report_latex import check
from spectran.reporting.catalogue.parts import shown
from spectran.reporting.catalogue.tables import TABLES
from spectran.reporting.findings import Findings
from spectran.reporting.frequency_outcomes import frequency_outcomes
from spectran.reporting.frequency_shares import low_shares, retained
from spectran.reporting.headline import not_run, run_summary, title
from spectran.reporting.render.latex import to_latex
from spectran.reporting.render.table import Entry, Table
from spectran.reporting.tables import build

OURS = [name for name, item in TABLES.items() if item.part == "frellm4rec"]
NBSP = "\u00a0"
#: FreLLM4Rec itself, as tables name it.
FULL = "LLM + TFM · FreLLM4Rec"


@pytest.fixture(scope="module")
def findings() -> Findings:
    return by_hand(frequency_study(), frequency_level)


@pytest.fixture(scope="module")
def two() -> Findings:
    return by_hand(frequency_study(datasets=2), frequency_level)


def entry(table: Table, row: tuple[str, str], column: tuple[str, str]) -> Entry:
    (found,) = [e for e in table.entries if e.row == row and e.column == column]
    return found


def text(table: Table, row: tuple[str, str], *column: str) -> str:
    return entry(table, row, (column[0], column[1])).text


def test_a_cell_stands_in_every_block_that_it_is_in(findings: Findings):
    table = build("frellm4rec", findings)
    groups = list(dict.fromkeys(group for group, _ in table.rows))
    assert groups == [block["label"] for block in BLOCKS.values()]
    assert [group for group, name in table.rows if name == f"{FULL} · d = 384"] == [
        "G-LPF and TFM",
        "Strength α",
        "Cut-off ω_c",
    ]


def test_full_and_sampled_metrics_stand_side_by_side(findings: Findings):
    table = build("frellm4rec", findings)
    row = ("G-LPF and TFM", f"{FULL} · d = 384")
    assert text(table, row, "Full ranking", "NDCG@10") == "0.0340"
    assert text(table, row, "Full ranking", "HR@20") == "0.1020"
    assert text(table, row, "1 + 99 sampled", "NDCG@10") == "0.3400"
    assert text(table, row, "1 + 99 sampled", "HR@10") == "0.6800"
    link = entry(table, row, ("Full ranking", "NDCG@10")).link
    assert link == "cells/toys/minilm/tfm/frellm4rec/d384/ranks.parquet"
    spread = text(table, ("Without a language model", "SASRec · SpecTran · d = 64"), "Full ranking", "NDCG@10")
    assert spread == "0.0360 ± 0.0000", "two seeds, where language models have one"


def test_low_frequencies_are_those_below_the_share(findings: Findings):
    table = build("frellm4rec", findings)
    row = ("G-LPF and TFM", "LLM · Fusion w/o G-LPF · d = 384")
    shares = [text(table, row, "Low-frequency share", name) for name in ("input", "last layer", "change")]
    assert shares == [f"50.0{NBSP}%", f"10.0{NBSP}%", f"−80.0{NBSP}%"]
    data = table.data.set_index(["backbone", "method"])
    assert data.loc[("llm", "fusion"), "global_last"].item() == pytest.approx(0.05)
    assert data.loc[("llm", "fusion"), "layers"].item() == 6


def test_a_border_inside_a_band_takes_a_part_of_it(findings: Findings):
    part = {"frellm4rec": {"blocks": BLOCKS, "low_share": 0.25}, "main": None}
    found = low_shares(replace(findings, study=frequency_study(parts=part)))
    own = found[(found["backbone"] == "llm") & (found["method"] == "fusion") & (found["scope"] == "user")]
    assert own["share"].tolist() == pytest.approx(
        [s * 2.5 / 3 for s in (3 / 6, 26 / 60, 22 / 60, 0.3, 14 / 60, 1 / 6, 0.1)]
    )


def test_marks_are_given_within_a_block(findings: Findings):
    table = build("frellm4rec", findings)
    column = ("Full ranking", "NDCG@10")
    marks = {row: entry(table, row, column).mark for row in table.rows}
    assert marks["G-LPF and TFM", f"{FULL} · d = 384"] == "best"
    assert marks["Cut-off ω_c", f"{FULL} · d = 384"] == "second"
    assert marks["Not frozen", "LLM, LoRA, + TFM · FreLLM4Rec · d = 384"] == ""


def test_answers_are_against_frellm4rec_itself(findings: Findings):
    table = build("frellm4rec_open_questions", findings)
    learned = ("Can α and ω_c be learned?", "LLM + TFM, ω_c learned · FreLLM4Rec, α learned")
    assert text(table, learned, "", "NDCG@10") == "0.0350"
    assert text(table, learned, "Against FreLLM4Rec", "in %") == f"+2.9{NBSP}%"  # 0.035 / 0.034
    # 1.96 * 0.001 around 0.001, in percent of 0.034.
    assert text(table, learned, "Against FreLLM4Rec", "interval, %") == "[−2.8, +8.7]"
    assert text(table, learned, "In force", "α") == "0.42"
    assert text(table, learned, "In force", "ω_c") == "0.200 to 0.700"
    lora = entry(table, ("Not frozen", "LLM, LoRA, + TFM · FreLLM4Rec"), ("Against FreLLM4Rec", "in %"))
    assert (lora.text, lora.sign) == (f"+8.8{NBSP}%", "†")
    assert entry(table, learned, ("Against FreLLM4Rec", "in %")).sign == ""


def test_the_best_of_each_grid_stands_above_what_was_learned(findings: Findings):
    table = build("frellm4rec_open_questions", findings)
    names = [name for group, name in table.rows if group == "Can α and ω_c be learned?"]
    assert names[:2] == [
        f"{FULL} (best α of the grid)",
        "LLM + TFM, ω_c 0.5 · FreLLM4Rec (best ω_c of the grid)",
    ]
    assert text(table, ("Can α and ω_c be learned?", names[0]), "Against FreLLM4Rec", "in %") == "–"
    assert text(table, ("Can α and ω_c be learned?", names[1]), "In force", "ω_c") == "0.500"


def test_every_question_is_answered_by_the_cells_of_its_kind(findings: Findings):
    groups: dict[str, list[str]] = {}
    for group, name in build("frellm4rec_open_questions", findings).rows:
        groups.setdefault(group, []).append(name)
    assert groups["Other graphs"] == ["LLM + TFM · FreLLM4Rec, binary graph"]
    twins = groups["Pre-training, or the architecture alone?"]
    assert len(twins) == 5
    assert twins[0] == "LLM · Fusion w/o G-LPF (the pre-trained twin)"
    assert groups["The paper's circular filter"] == ["LLM + circular TFM · FreLLM4Rec"]


def test_locality_shows_groups_users_and_differences(findings: Findings):
    table = build("frellm4rec_locality", findings)
    assert [name for _, name in table.rows] == [
        "Users",
        "Locality",
        "LLM · Fusion w/o G-LPF",
        FULL,
        "SASRec · Base",
        "SASRec · SpecTran",
    ]
    assert text(table, ("Toy", "Users"), "Group 2", "NDCG@10") == "120"
    assert text(table, ("Toy", "Locality"), "Group 2", "NDCG@10") == "[0.100, 0.200]"
    assert text(table, ("Toy", FULL), "Group 1", "NDCG@10") == "0.0170 [0.0130, 0.0210]"
    ahead = text(table, ("Toy", "LLM · Fusion w/o G-LPF"), "Group 4", "FreLLM4Rec ahead by")
    assert ahead == "+0.0030 [+0.0010, +0.0050]"


def test_facts_of_the_graph(two: Findings):
    table = build("frellm4rec_graph", two)
    assert [name for _, name in table.rows] == ["Toy", "Beauty"]
    texts = {column: entry(table, ("", "Beauty"), ("", column)).text for _, column in table.columns}
    assert texts["Edges"] == "50,000"
    assert texts["Second lowest eigenvalue"] == "0.0123"
    assert texts["Tenth lowest"] == "–", "a graph of few items has fewer"


def test_several_datasets_are_told_apart(two: Findings):
    groups = {group for group, _ in build("frellm4rec", two).rows}
    assert {"Toy · Not frozen", "Beauty · Not frozen"} <= groups
    answers = build("frellm4rec_open_questions", two)
    assert ("Beauty · Other graphs", "LLM + TFM · FreLLM4Rec, binary graph") in answers.rows


@pytest.mark.parametrize("name", OURS)
@pytest.mark.parametrize("which", ["findings", "two"])
def test_every_table_is_a_full_grid_and_sound(name: str, which: str, request: pytest.FixtureRequest):
    table = build(name, request.getfixturevalue(which))
    places = [(e.row, e.column) for e in table.entries]
    assert len(set(places)) == len(places)
    assert set(places) == {(row, column) for row in table.rows for column in table.columns}
    check(to_latex(table, TABLES[name], name), len(table.columns) + (2 if any(g for g, _ in table.rows) else 1))


def test_without_frellm4rec_itself_there_is_nothing_to_compare_with():
    blocks = {name: BLOCKS[name] for name in ("references", "unfreezing")}
    alone = by_hand(frequency_study(blocks=blocks), frequency_level)
    table = build("frellm4rec_open_questions", alone)
    assert [entry.text for entry in table.entries] == ["none in this study"]
    for name in OURS:
        assert build(name, alone).entries


def test_cells_that_failed_leave_dashes(findings: Findings):
    """Of one cell nothing is left; of another, all but the look at its frequencies."""
    gone = (("llm", "fusion"),)
    frames = {
        name: _without(getattr(findings.frames, name), gone)
        for name in ("metrics", "frequencies", "filters", "sampled", "locality", "comparisons")
    }
    frames["frequencies"] = _without(frames["frequencies"], (("tfm", "frellm4rec"),))
    left = replace(findings, frames=replace(findings.frames, **frames))
    table = build("frellm4rec", left)
    row = ("G-LPF and TFM", "LLM · Fusion w/o G-LPF · d = 384")
    assert {e.text for e in table.entries if e.row == row} == {"–"}
    assert not [e.link for e in table.entries if e.row == row and e.link]
    full = ("G-LPF and TFM", f"{FULL} · d = 384")
    assert text(table, full, "Full ranking", "NDCG@10") == "0.0340"
    assert text(table, full, "Low-frequency share", "last layer") == "–"
    assert "Failed, so without numbers here: Toy · LLM · d = 384 · Fusion w/o G-LPF (no record)." in table.notes[-1]
    for name in OURS:
        assert not [e for e in build(name, left).entries if "nan" in e.text]


def _without(frame: pd.DataFrame, cells: tuple[tuple[str, str], ...]) -> pd.DataFrame:
    names = list(zip(frame["backbone"], frame["method"], strict=True))
    return frame[[name not in cells for name in names]].reset_index(drop=True)


def test_no_user_to_look_at_is_no_share(findings: Findings):
    nothing = changed(findings, "frequencies", lambda frame: frame.assign(energy=float("nan"), users=0))
    assert retained(nothing)["last"].isna().all()
    table = build("frellm4rec", nothing)
    assert text(table, ("G-LPF and TFM", f"{FULL} · d = 384"), "Low-frequency share", "input") == "–"


def test_the_headline_names_what_was_run(findings: Findings):
    assert title(findings) == "FreLLM4Rec reproduced on Toy"
    assert ": 19 cells, 1 to 2 seeds each" in run_summary(findings)
    assert "frellm4rec (" not in not_run(findings)
    both = frequency_study(parts={"main": {"backbones": ["sasrec"]}, "frellm4rec": {"blocks": BLOCKS}})
    assert title(replace(findings, study=both)) == "SpecTran and FreLLM4Rec reproduced on Toy"


def test_a_study_without_the_part_has_none_of_it(findings: Findings):
    without = published()
    assert not set(OURS) & set(shown(TABLES, without))
    assert "frellm4rec (FreLLM4Rec: graph frequencies" in not_run(replace(findings, study=without))


def test_the_tables_of_spectran_do_not_show_the_second_paper_s_cells():
    """Nor the cell whose item vectors FreLLM4Rec reads, which is in no part."""
    main = {"backbones": ["sasrec"], "methods": ["base", "spectran"]}
    both = by_hand(frequency_study(parts={"main": main, "frellm4rec": {"blocks": BLOCKS}}), frequency_level)
    assert ("sasrec", "base", 50) in set(both.frames.cells[["backbone", "method", "dim"]].itertuples(False, None))
    alone = by_hand(
        frequency_study(parts={"main": main}, methods={"base": {}, "spectran": {}}, backbones={"sasrec": {}})
    )
    for name in ("variance", "collapse_item", "tuning"):
        assert build(name, both).rows == build(name, alone).rows, name
    assert set(build("comparisons", both).data["part"]) == {"main"}
    only = shown(TABLES, frequency_study())
    assert not {"variance", "collapse", "collapse_item", "tuning", "table2"} & set(only)
    assert {"choice", "cost", "failures"} <= set(only)


def test_the_page_opens_with_what_came_out(findings: Findings, two: Findings):
    (outcome,) = frequency_outcomes(findings)
    assert (outcome.place, outcome.synthetic) == ("Toy · FreLLM4Rec", False)
    assert outcome.sentence == (
        "NDCG@10 0.0340; the language model without its filters 0.0320; SASRec 0.0300; SpecTran 0.0360. "
        f"Without filters, low frequencies carry 50{NBSP}% before the first block and 10{NBSP}% behind the last."
    )
    assert [outcome.place for outcome in frequency_outcomes(two)] == ["Toy · FreLLM4Rec", "Beauty · FreLLM4Rec"]
    assert frequency_outcomes(by_hand(published())) == []
