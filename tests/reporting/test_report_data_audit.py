"""The audit of the data as the report shows it."""

import numpy as np
import pandas as pd
import pytest

from reporting.handmade import PARTS, by_hand, changed, published
from reporting.test_report_tables import entry
from spectran.evaluation.audit.explanations import EXPLANATIONS
from spectran.reporting.figures import module
from spectran.reporting.figures.panels import NOTHING
from spectran.reporting.figures.style import style
from spectran.reporting.findings import Findings
from spectran.reporting.tables import build

COLUMNS = ["dataset", "check", "measure", "value", "unit", "note"]


@pytest.fixture(scope="module")
def findings() -> Findings:
    return by_hand(published(datasets=2, parts={"main": PARTS["main"]}, backbones={"sasrec": {}}))


def with_audit(findings: Findings, *rows: tuple) -> Findings:
    return changed(findings, "audit", lambda _: pd.DataFrame(rows, columns=COLUMNS))


def test_every_check_has_its_rows_and_its_sentence(findings: Findings):
    table = build("data_audit", findings)
    assert [name for name, _ in dict.fromkeys((group, "") for group, _ in table.rows)] == [
        explanation.title for explanation in EXPLANATIONS.values()
    ]
    for explanation in EXPLANATIONS.values():
        assert f"{explanation.title}: {explanation.meaning}" in table.notes
    titles = ("Titles", "users that titles is about")
    assert [entry(table, titles, ("", name)).text for name in ("Toy", "Beauty", "How")] == ["10", "11", "of 5000 users"]
    assert entry(table, titles, ("", "Beauty")).link == "audit/beauty/audit.json"
    assert entry(table, ("Titles", "share of titles"), ("", "Toy")).text == "12.30\u00a0%"
    assert entry(table, ("Titles", "share of titles"), ("", "How")).text == ""  # another one for each dataset
    assert entry(table, ("Titles", "time of titles"), ("", "Toy")).text == "–"
    assert "A dash under “Titles” (Toy, Beauty): cannot be said: no times." in table.notes


def test_shares_intervals_and_deviations_stand_beside_their_numbers(findings: Findings):
    table = build(
        "data_audit",
        with_audit(
            findings,
            ("toys", "cold", "targets", 12, "users", ""),
            ("toys", "cold", "share of targets", 0.034, "share", ""),
            ("toys", "order", "lost", 0.1, "share", ""),
            ("toys", "order", "lost, 95 % low", 0.05, "share", ""),
            ("toys", "order", "lost, 95 % high", 0.15, "share", ""),
            ("toys", "order", "shuffled", 0.5, "metric", ""),
            ("toys", "order", "shuffled, standard deviation", 0.01, "metric", ""),
            ("toys", "order", "share of something else", 0.2, "share", ""),
        ),
    )
    assert [name for _, name in table.rows] == ["targets", "lost", "shuffled", "share of something else"]
    assert entry(table, ("Cold items", "targets"), ("", "Toy")).text == "12 (3.40\u00a0%)"
    order = "What order tells"
    assert entry(table, (order, "lost"), ("", "Toy")).text == "10.00\u00a0% [5.00, 15.00]"
    assert entry(table, (order, "shuffled"), ("", "Toy")).text == "0.5000 ± 0.0100"
    assert entry(table, (order, "lost"), ("", "Beauty")).text == "–"


def test_times_of_amazon_are_dates_and_others_numbers(findings: Findings):
    rows = [(name, "overlap", "first", 1_400_000_000.0, "time", "") for name in ("toys", "beauty")]
    made = with_audit(findings, *rows)
    settings = made.study.model_copy(deep=True)
    settings.datasets["toys"] = settings.datasets["toys"].model_copy(update={"source": "amazon"})
    table = build("data_audit", Findings(settings, made.frames, made.printed))
    assert [entry(table, ("Overlap in time", "first"), ("", name)).text for name in ("Toy", "Beauty")] == [
        *("2014-05-13", "1400000000")
    ]


def test_popularity_is_a_running_share(findings: Findings):
    data = module("popularity").data(findings)
    toys = data[data["dataset"] == "toys"]
    counts = np.arange(250, 0, -1)  # the handmade items: one interaction less with each place
    for row in toys.to_dict("records"):
        first = round(250 * row["items"])
        assert row["train"] == pytest.approx(counts[:first].sum() / counts.sum())
        assert row["test"] == pytest.approx(min(1.0, first / 50))  # targets: one each of the first fifth
    assert toys["items"].iloc[[0, -1]].tolist() == [0, 1]
    assert len(toys) == 101
    with style():
        figure = module("popularity").draw(findings)
    assert [panel.get_title(loc="left") for panel in figure.axes] == ["Toy", "Beauty"]
    np.testing.assert_allclose(figure.axes[0].get_lines()[0].get_ydata(), 100 * toys["train"])


def test_a_catalogue_of_few_items_has_a_point_an_item(findings: Findings):
    few = changed(findings, "popularity", lambda rows: rows[(rows["place"] < 3) & (rows["dataset"] == "toys")])
    data = module("popularity").data(few)
    assert data["items"].tolist() == pytest.approx([0, 1 / 3, 2 / 3, 1])
    assert set(data["dataset"]) == {"toys"}


def test_without_an_audit_nothing_is_shown(findings: Findings):
    none = changed(findings, "popularity", lambda rows: rows.iloc[:0])
    assert [found.text for found in build("data_audit", with_audit(findings)).entries] == ["none in this study"]
    with style():
        figure = module("popularity").draw(none)
    assert [text.get_text() for text in figure.texts] == [NOTHING]
