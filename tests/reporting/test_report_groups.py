"""Groups of items and users: values and differences with their intervals, and what is missing."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from reporting.handmade import PARTS, by_hand, changed, published
from reporting.test_report_tables import entry
from spectran.reporting.figures import module
from spectran.reporting.figures.panels import NOTHING
from spectran.reporting.figures.style import style
from spectran.reporting.findings import Findings
from spectran.reporting.tables import build

PLACE = "Toy · SASRec"


@pytest.fixture(scope="module")
def findings() -> Findings:
    return by_hand(published(parts={"main": PARTS["main"]}, backbones={"sasrec": {}}))


def test_values_and_differences_with_intervals(findings: Findings):
    table = build("groups", findings)
    # NDCG@20 is 1.25 times NDCG@10: AlphaFuse 0.05 and SpecTran 0.055 over all, 1.6 times that in the head.
    assert entry(table, (PLACE, "AlphaFuse"), ("Head items", "NDCG@20")).text == "0.0800 [0.0760, 0.0840]"
    ahead = ("Head items", "SpecTran ahead by")
    found = entry(table, (PLACE, "AlphaFuse"), ahead)
    assert (found.text, found.sign) == ("+0.0080 [+0.0040, +0.0120]", "*")
    cold = entry(table, (PLACE, "AlphaFuse"), ("Cold items", "SpecTran ahead by"))
    assert (cold.text, cold.sign) == ("+0.0005 [−0.0015, +0.0025]", "")
    assert entry(table, (PLACE, "SpecTran"), ahead).text == "–"
    assert entry(table, (PLACE, "Users"), ("Tail items", "NDCG@20")).text == "3,000"
    assert table.rows[0] == (PLACE, "Users")
    assert [group for group, _ in table.column_groups] == [
        *("Head items", "Tail items", "Cold items", "Short histories", "Long histories")
    ]


def test_a_mark_is_on_either_side_of_0_but_not_on_it(findings: Findings):
    def move(rows: pd.DataFrame) -> pd.DataFrame:
        at = {"base": (-0.2, -0.1), "morec": (-0.1, 0.0), "unisrec": (0.0, 0.1), "rlmrec": (0.1, 0.2)}
        low, high = (rows["method"].map({name: ends[side] for name, ends in at.items()}) for side in (0, 1))
        return rows.assign(difference_low=low, difference_high=high)

    table = build("groups", changed(findings, "groups", move))
    column = ("Tail items", "SpecTran ahead by")
    signs = {name: entry(table, (PLACE, name), column).sign for name in ("Base", "MoRec", "UniSRec", "RLMRec")}
    assert signs == {"Base": "*", "MoRec": "", "UniSRec": "", "RLMRec": "*"}


def test_a_group_of_nobody_is_a_dash(findings: Findings):
    def nobody(rows: pd.DataFrame) -> pd.DataFrame:
        numbers = ["value", "low", "high", "difference", "difference_low", "difference_high"]
        rows[numbers] = rows[numbers].where(rows["group"] != "cold")
        return rows.assign(users=rows["users"].where(rows["group"] != "cold", 0))

    empty = changed(findings, "groups", nobody)
    table = build("groups", empty)
    assert entry(table, (PLACE, "Base"), ("Cold items", "NDCG@20")).text == "–"
    assert entry(table, (PLACE, "Base"), ("Cold items", "SpecTran ahead by")).text == "–"
    assert entry(table, (PLACE, "Users"), ("Cold items", "NDCG@20")).text == "0"
    assert "cold" not in set(module("group_differences").data(empty)["group"])


def test_the_notes_define_the_groups_as_the_study_does(findings: Findings):
    other = {"groups": {"head_share": 0.1, "short_history": 3}, "statistics": {"confidence": 0.9}}
    made = replace(findings, study=published(parts={"main": PARTS["main"]}, backbones={"sasrec": {}}, **other))
    text = " ".join(build("groups", made).notes)
    assert "less than 10 % of all items are more popular" in text
    assert "at most 3 items" in text
    assert "90\u00a0% intervals" in text
    assert "about one comparison in 10" in text


def test_the_figure_draws_each_difference_in_its_interval(findings: Findings):
    data = module("group_differences").data(findings)
    assert "spectran" not in set(data["method"])
    one = data[(data["method"] == "base") & (data["group"] == "head")].iloc[0]
    assert one["difference"] == pytest.approx(1.6 * 1.25 * 0.014)
    with style():
        (panel,) = module("group_differences").draw(findings).axes
    assert len(panel.containers) == 8
    heights = np.concatenate([bars.lines[0].get_ydata() for bars in panel.containers])
    np.testing.assert_allclose(sorted(heights), sorted(data["difference"]))
    (line,) = panel.containers[0].lines[2]
    base = data[data["method"] == "base"]
    spans = [tuple(segment[:, 1]) for segment in line.get_segments()]
    np.testing.assert_allclose(spans, base[["difference_low", "difference_high"]].to_numpy())


def test_two_backbones_are_told_and_one_is_drawn():
    both = by_hand(published(parts={"main": PARTS["main"]}, backbones={"hstu": {}, "sasrec": {}}))
    data = module("group_differences").data(both)
    assert set(data["backbone"]) == {"hstu", "sasrec"}
    assert set(data.loc[data["drawn"], "backbone"]) == {"sasrec"}


def test_without_a_reference_there_are_values_only():
    main = {"main": {"methods": ["base", "alphafuse"], "dimensions": [128]}}
    made = by_hand(published(parts=main, backbones={"sasrec": {}}))
    table = build("groups", made)
    assert {label for _, label in table.columns} == {"NDCG@20"}
    with style():
        figure = module("group_differences").draw(made)
    assert [text.get_text() for text in figure.texts] == [NOTHING]


def test_without_groups_nothing_is_shown(findings: Findings):
    none = changed(findings, "groups", lambda rows: rows.iloc[:0])
    assert [found.text for found in build("groups", none).entries] == ["none in this study"]
    assert module("group_differences").data(none).empty
    with style():
        module("group_differences").draw(none)
