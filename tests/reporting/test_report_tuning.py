"""The search as the report shows it: the best of n trials, spreads, grids, and what changed nothing."""

from dataclasses import replace
from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reporting.handmade import PARTS, by_hand, changed, published
from reporting.test_report_tables import entry
from spectran.config.training import POINT
from spectran.reporting.catalogue.figures import FIGURES
from spectran.reporting.catalogue.parts import shown
from spectran.reporting.catalogue.tables import TABLES
from spectran.reporting.expected_best import expected_best
from spectran.reporting.figures import module
from spectran.reporting.figures.panels import NOTHING
from spectran.reporting.figures.style import style
from spectran.reporting.findings import Findings
from spectran.reporting.tables import build
from spectran.reporting.trials import on_edge, search_trials, without_effect

ONE = {"parts": {"main": PARTS["main"]}, "backbones": {"sasrec": {}}}
ROW = ("Toy · SASRec", "SpecTran")


@pytest.fixture(scope="module")
def findings() -> Findings:
    """Six trials a cell, each five percent below the one before; weight decay does nothing for Base."""
    made = by_hand(published(**ONE, seeds=2))
    point = {"weight_decay": 0.0, "dropout": 0.5, "id_scale": 0.02, "learning_rate": 0.001, "mask_ratio": 0.0}
    cells = made.frames.cells[["dataset", "encoder", "backbone", "method", "dim"]]
    return replace(made, frames=replace(made.frames, choice=cells.assign(**point)))


@given(st.lists(st.floats(-5, 5), min_size=1, max_size=8))
def test_the_best_of_n_is_that_over_all_subsets(values: list[float]):
    mean, sd = expected_best(values)
    for n in range(1, len(values) + 1):
        best = [max(subset) for subset in combinations(values, n)]
        assert mean[n - 1] == pytest.approx(np.mean(best), abs=1e-9)
        assert sd[n - 1] == pytest.approx(np.std(best), abs=1e-6)


def test_the_best_of_n_differs_from_drawing_with_replacement():
    mean, sd = expected_best([0.0, 1.0])
    assert mean.tolist() == pytest.approx([0.5, 1.0])  # with replacement the second would be 0.75 (Dodge et al. 2019)
    assert sd.tolist() == pytest.approx([0.5, 0.0])


def test_the_best_of_as_many_trials_as_the_paper_s_grid_is_finite():
    values = np.random.default_rng(0).normal(size=432)
    mean, sd = expected_best(values)
    assert mean[0] == pytest.approx(values.mean())
    assert sd[0] == pytest.approx(values.std())
    assert (np.diff(mean) > 0).all()
    assert (mean[-1], sd[-1]) == (pytest.approx(values.max()), pytest.approx(0, abs=1e-9))


def test_the_table_says_what_the_search_came_to(findings: Findings):
    table = build("tuning", findings)
    values = 0.044 * 0.95 ** np.arange(6)
    expected = {
        "Trials": "6",
        "Diverged": "0",
        "Best": "0.0440",
        "Median": f"{(values[2] + values[3]) / 2:.4f}",
        "Worst": f"{values[-1]:.4f}",
        "sd over trials": f"{values.std(ddof=1):.4f}",
        "Chosen at the grid's edge": "dropout at the largest",
    }
    assert {name: entry(table, ROW, ("", name)).text for name in expected} == expected
    row = table.data[table.data["method"] == "spectran"].iloc[0]
    final = findings.frames.trials.query("method == 'spectran' and phase == 'final'")
    assert row["sd_seeds"] == pytest.approx(final.groupby("seed")["ndcg@20"].max().std())
    assert entry(table, ROW, ("", "Trials")).link == "cells/toys/minilm/sasrec/spectran/d128/trials.parquet"


def test_the_notes_say_that_the_grids_are_equal_and_what_did_nothing(findings: Findings):
    notes = build("tuning", findings).notes
    grid = "weight decay {0, 0.0001} x dropout {0.1, 0.3, 0.5}"
    assert f"SASRec: every method had the same grid, {grid}, 6 trials a cell." in notes
    idle = [note for note in notes if "changed nothing" in note]
    assert idle == [
        "Base: weight decay changed nothing (equal curves to the last digit), so that 6 trials are 3 different ones."
    ]


def test_an_unequal_grid_is_said(findings: Findings):
    fewer = changed(findings, "trials", lambda rows: rows[(rows["method"] != "morec") | (rows["dropout"] != 0.5)])
    (note,) = [note for note in build("tuning", fewer).notes if "not the same" in note]
    assert "MoRec: weight decay {0, 0.0001} x dropout {0.1, 0.3}, 4 trials a cell" in note
    assert "Base, UniSRec" in note


def test_a_trial_that_diverged_cannot_be_best(findings: Findings):
    def diverge(rows: pd.DataFrame) -> pd.DataFrame:
        last = (rows["phase"] == "search") & (rows["member"] == 0) & (rows["epoch"] == 3)
        return rows.assign(diverged=last & (rows["method"] == "spectran"))

    lost = changed(findings, "trials", diverge)
    table = build("tuning", lost)
    assert [entry(table, ROW, ("", name)).text for name in ("Trials", "Diverged", "Best")] == ["6", "1", "0.0418"]
    curve = module("search").data(lost).query("method == 'spectran'")
    values = np.append(0.044 * 0.95 ** np.arange(1, 6), 0.0)
    np.testing.assert_allclose(curve["mean"], expected_best(values).mean)


def test_something_has_an_effect_if_it_has_one_in_any_cell():
    trials = pd.DataFrame(
        [("a", 0.0, 0.1, 1), ("a", 0.5, 0.1, 1), ("b", 0.0, 0.1, 2), ("b", 0.5, 0.1, 3)],
        columns=["dataset", "weight_decay", "dropout", "curve"],
    ).assign(encoder="e", backbone="s", method="m", dim=8, id_scale=1.0, learning_rate=0.1, mask_ratio=0.0)
    assert without_effect(trials) == {}
    assert without_effect(trials[trials["dataset"] == "a"]) == {"m": ["weight_decay"]}


@pytest.mark.parametrize(
    ("chosen", "edge"),
    [
        ({"dropout": 0.1, "weight_decay": 1e-4}, ["dropout at the smallest"]),
        ({"dropout": 0.3, "weight_decay": 0.0}, []),  # of two values either is an end
        ({"dropout": 0.5, "weight_decay": 1e-4}, ["dropout at the largest"]),
    ],
)
def test_the_edge_of_the_grid(chosen: dict[str, float], edge: list[str], findings: Findings):
    trials = search_trials(findings).query("method == 'spectran'")
    assert on_edge(trials, chosen) == edge
    assert on_edge(trials.assign(dropout=trials["dropout"] - 0.1), {**chosen, "dropout": 0.0}) == []


def test_the_figure_draws_a_line_and_a_band_no_draw_can_leave(findings: Findings):
    data = module("search").data(findings)
    curve = data[data["method"] == "alphafuse"]
    values = 0.040 * 0.95 ** np.arange(6)
    mean, sd = expected_best(values)
    np.testing.assert_allclose(curve["mean"], mean)
    np.testing.assert_allclose(curve["high"], np.minimum(mean + sd, values.max()))
    np.testing.assert_allclose(curve["low"], np.maximum(mean - sd, values.min()))
    with style():
        (panel,) = module("search").draw(findings).axes
    lines = {str(line.get_label()): line for line in panel.get_lines()}
    np.testing.assert_allclose(lines["AlphaFuse"].get_ydata(), mean)
    assert len(panel.collections) == len(lines) == 9


def test_without_a_search_there_is_nothing_to_show_of_it():
    single = published(**ONE, tuning={})
    assert not {"tuning", "search"} & {*shown(TABLES, single), *shown(FIGURES, single)}
    assert {"tuning", "search"} <= {*shown(TABLES, published()), *shown(FIGURES, published())}


@pytest.mark.parametrize("kept", [lambda rows: rows.iloc[:0], lambda rows: rows[rows["phase"] == "final"]])
def test_trials_that_are_all_missing_are_not_made_up(kept: Any, findings: Findings):
    none = changed(findings, "trials", kept)
    table = build("tuning", none)
    assert [found.text for found in table.entries] == ["none in this study"]
    assert list(table.data.columns[:5]) == ["dataset", "encoder", "backbone", "method", "dim"]
    with style():
        figure = module("search").draw(none)
    assert [text.get_text() for text in figure.texts] == [NOTHING]
    assert set(POINT) <= set(search_trials(none).columns)
