"""Other readings of the protocol: changes, orders, and what the protocol decides beside what the method decides."""

from math import isnan

import numpy as np
import pandas as pd
import pytest

from reporting.handmade import PARTS, by_hand, changed, published
from reporting.test_report_tables import entry
from spectran.reporting.catalogue.figures import FIGURES
from spectran.reporting.catalogue.parts import shown
from spectran.reporting.catalogue.tables import TABLES
from spectran.reporting.figures import module
from spectran.reporting.figures.panels import NOTHING
from spectran.reporting.figures.style import style
from spectran.reporting.findings import Findings
from spectran.reporting.sensitivity import OTHER_SCORE, largest_changes, orders, values
from spectran.reporting.tables import build

PLACE = "Toy · SASRec"
LOUD, LAST, DOT = "ID table starts at 1", "learn from the last position only", "ranked by dot product"


@pytest.fixture(scope="module")
def findings() -> Findings:
    """Base 0.030, AlphaFuse 0.040, SpecTran 0.044 of NDCG@10; loud doubles Base and takes a tenth off SpecTran."""
    return by_hand(published(seeds=2, parts={"main": PARTS["main"], "sensitivity": PARTS["sensitivity"]}))


def test_values_and_changes(findings: Findings):
    table = build("sensitivity", findings)
    first = 1.25 * 0.030
    assert entry(table, (PLACE, "as the study"), ("Base", "NDCG@20")).text == (
        f"{first * 1.0005:.4f} ± {first * 0.001 / np.sqrt(2):.4f}"
    )
    assert entry(table, (PLACE, LOUD), ("Base", "change")).text == "+100.0\u00a0%"
    assert entry(table, (PLACE, LOUD), ("SpecTran", "change")).text == "−10.0\u00a0%"
    assert entry(table, (PLACE, LAST), ("SpecTran", "change")).text == "0.0\u00a0%"
    assert entry(table, (PLACE, DOT), ("AlphaFuse", "change")).text == "−10.0\u00a0%"
    assert entry(table, (PLACE, "as the study"), ("Base", "change")).text == "–"
    assert table.rows == [(PLACE, name) for name in ("as the study", LOUD, LAST, DOT)]
    folder = "toys/minilm/sasrec/base/d128/ranks.parquet"
    links = [entry(table, (PLACE, name), ("Base", "NDCG@20")).link for name in (LOUD, DOT)]
    assert links == [f"sensitivity/loud/{folder}", f"cells/{folder}"]


def test_the_order_beside_the_study_s(findings: Findings):
    table = build("sensitivity", findings)
    order = [("Order of the methods", name) for name in ("SpecTran’s place", "pairs swapped", "Kendall’s tau")]
    # Base 0.06, AlphaFuse 0.04, SpecTran 0.0396: every pair but none stands as in the study.
    assert [entry(table, (PLACE, LOUD), column).text for column in order] == ["3 of 3", "3 of 3", "−1.00"]
    assert [entry(table, (PLACE, LAST), column).text for column in order] == ["1 of 3", "0 of 3", "+1.00"]
    assert [entry(table, (PLACE, "as the study"), column).text for column in order] == ["1 of 3", "–", "–"]


def test_the_protocol_s_largest_change_stands_beside_the_method_s(findings: Findings):
    (row,) = largest_changes(values(findings.part("sensitivity"))).to_dict("records")
    assert (row["method_label"], row["variant_label"]) == ("Base", LOUD)
    assert row["by_variant"] == pytest.approx(1.25 * 1.0005 * 0.030)
    assert (row["worst"], row["best"]) == ("Base", "SpecTran")
    assert row["by_method"] == pytest.approx(1.25 * 1.0005 * 0.014)
    assert build("sensitivity", findings).notes[0] == (
        "Toy · SASRec: the largest change that a variant makes is 0.0375 NDCG@20 (Base, ID table starts at 1: "
        "+100.0\u00a0%); the largest that the method makes, from Base to SpecTran as the study has them, is 0.0175."
    )


def test_a_fall_may_be_the_largest_change(findings: Findings):
    def fall(rows: pd.DataFrame) -> pd.DataFrame:
        deep = (rows["variant"] == "last") & (rows["method"] == "spectran")
        return rows.assign(value=rows["value"].where(~deep, 0.0))

    (row,) = largest_changes(values(changed(findings, "sensitivity", fall).part("sensitivity"))).to_dict("records")
    assert (row["method_label"], row["variant_label"], row["change_percent"]) == ("SpecTran", LAST, -100)
    assert row["by_variant"] == pytest.approx(1.25 * 1.0005 * 0.044)


@pytest.mark.parametrize(
    ("now", "rank", "swapped", "tau"),
    [
        ([1.0, 2.0, 3.0], 1, 0, 1.0),
        ([2.0, 1.0, 3.0], 1, 1, 1 / 3),
        ([1.0, 3.0, 2.0], 2, 1, 1 / 3),
        ([1.0, 2.0, 2.0], 1, 0, 2 / np.sqrt(6)),  # a tie swaps nothing; tau-b: 2 of 3 pairs, over sqrt(3 * 2)
        ([2.0, 2.0, 2.0], 1, 0, np.nan),
    ],
)
def test_orders(now: list[float], rank: int, swapped: int, tau: float):
    table = pd.DataFrame({"method": ["a", "b", "c"], "ours": now, "as_study": [1.0, 2.0, 3.0]}).assign(
        dataset="d", backbone="s", dim=8, variant="v", variant_label="V", place="P"
    )
    (row,) = orders(table, "c").to_dict("records")
    assert (row["rank"], row["swapped"], row["pairs"]) == (rank, swapped, 3)
    assert isnan(row["tau"]) if isnan(tau) else row["tau"] == pytest.approx(tau)
    assert isnan(orders(table, None)["rank"].item())


@pytest.mark.parametrize("variant", ["", "loud"])
def test_a_cell_without_a_result_is_left_out(variant: str, findings: Findings):
    def lose(rows: pd.DataFrame) -> pd.DataFrame:
        return rows[(rows["method"] != "spectran") | (rows["variant"] != variant)]

    lost = changed(findings, "sensitivity", lose)
    table = build("sensitivity", lost)
    row = (PLACE, LOUD)
    assert entry(table, row, ("Order of the methods", "pairs swapped")).text == "1 of 1"
    assert entry(table, row, ("SpecTran", "change")).text == "–"
    place = entry(table, row, ("Order of the methods", "SpecTran’s place")).text
    assert place == ("–" if variant else "3 of 3")
    with style():
        module("readings").draw(lost).draw_without_rendering()


def test_the_figure_has_a_row_a_variant_and_a_dot_a_method(findings: Findings):
    data = module("readings").data(findings)
    assert len(data) == 3 * 4
    with style():
        (panel,) = module("readings").draw(findings).axes
    assert [label.get_text().replace("\n", " ") for label in panel.get_yticklabels()] == [
        *("as the study", LOUD, LAST, DOT)
    ]
    dots = [line for line in panel.get_lines() if line.get_marker() == "o"]
    np.testing.assert_allclose(dots[0].get_xdata(), data.query("method == 'base'")["ours"])
    assert [round(y) for y in dots[0].get_ydata()] == [0, 1, 2, 3]
    assert panel.get_ylim()[0] > panel.get_ylim()[1]  # the study itself is at the top


def test_without_the_part_nothing_is_shown(findings: Findings):
    without = published(parts={"main": PARTS["main"]})
    assert not {"sensitivity", "readings"} & {*shown(TABLES, without), *shown(FIGURES, without)}
    none = changed(findings, "sensitivity", lambda rows: rows.iloc[:0])
    assert [found.text for found in build("sensitivity", none).entries] == ["none in this study"]
    with style():
        figure = module("readings").draw(none)
    assert [text.get_text() for text in figure.texts] == [NOTHING]


def test_no_variant_can_be_called_as_the_other_score():
    variants = {OTHER_SCORE: {"label": "x", "changes": {"training": {"targets": "last"}}}}
    with pytest.raises(ValueError, match="variants"):
        published(parts={"main": PARTS["main"], "sensitivity": {**PARTS["sensitivity"], "variants": variants}})
