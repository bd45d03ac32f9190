"""What the figures draw is what the frames hold, worked out by hand."""

from dataclasses import replace
from itertools import pairwise
from math import isnan, nan

import numpy as np
import pandas as pd
import pytest
from scipy.stats import rankdata

from reporting.handmade import BACKBONES, FILES, PARTS, TABLE2, by_hand, published, scores_of, spectrum_of
from spectran.config.cells import Cell
from spectran.reporting.figures import module
from spectran.reporting.figures.rank_ndcg import rank_correlation
from spectran.reporting.figures.style import looks, style
from spectran.reporting.findings import Findings


@pytest.fixture(scope="module")
def findings() -> Findings:
    return by_hand(published(datasets=2, seeds=2), rates={"morec": 0.5})


def rows(data: pd.DataFrame, **chosen: object) -> pd.DataFrame:
    for column, value in chosen.items():
        data = data[data[column] == value]
    return data


def test_figure1_is_the_running_sum_over_the_sum(findings: Findings):
    data = module("figure1").data(findings)
    morec = rows(data, dataset="toys", backbone="sasrec", method="morec")
    s = spectrum_of(0.5, 64)
    np.testing.assert_allclose(morec["share"], np.cumsum(s) / s.sum(), rtol=1e-12)
    assert rows(data, method="base")["table"].unique().tolist() == ["item"]


def test_figure1_draws_one_backbone_and_tells_all(findings: Findings):
    data = module("figure1").data(findings)
    assert data["backbone"].unique().tolist() == BACKBONES
    drawn = data[data["drawn"]]
    assert drawn["place"].unique().tolist() == ["Toy · SASRec", "Beauty · SASRec"]
    assert set(drawn["method"]) == set(TABLE2)
    with style():
        figure = module("figure1").draw(findings)
    assert [axes.get_title(loc="left") for axes in figure.axes] == ["Toy · SASRec", "Beauty · SASRec"]
    curves = {str(line.get_label()): line for line in figure.axes[0].get_lines()}
    assert curves["Base (item table)"].is_dashed()
    assert not curves["SpecTran"].is_dashed()
    np.testing.assert_array_equal(
        curves["MoRec"].get_ydata(), rows(drawn, dataset="toys", method="morec")["share"].to_numpy()
    )


def test_the_first_backbone_stands_in_for_sasrec():
    without = by_hand(published(backbones={"hstu": {}, "bert4rec": {}}, parts={"main": PARTS["main"]}))
    data = module("figure1").data(without)
    assert data.loc[data["drawn"], "backbone"].unique().tolist() == ["hstu"]


def test_several_dimensions_are_not_drawn_over_each_other():
    parts = {"main": {**PARTS["main"], "dimensions": [64, 128]}}
    data = module("figure1").data(by_hand(published(parts=parts)))
    assert data.loc[data["drawn"], "dim"].unique().tolist() == [128]
    assert data.loc[data["drawn"], "place"].unique().tolist() == ["Toy · SASRec · d = 128"]
    assert set(data["dim"]) == {64, 128}


def test_the_other_views_use_their_own_values(findings: Findings):
    data = module("spectra").data(findings)
    morec = rows(data, dataset="toys", backbone="sasrec", method="morec")
    centred, item = np.sqrt(spectrum_of(0.5, 64)), spectrum_of(0.905, 128)
    np.testing.assert_allclose(rows(morec, view="semantic")["share"], np.cumsum(centred) / centred.sum())
    np.testing.assert_allclose(rows(morec, view="item")["share"], np.cumsum(item) / item.sum())


def test_curves_draw_the_first_seed_and_tell_all(findings: Findings):
    data = module("curves").data(findings)
    assert set(data["seed"]) == {0, 1}
    assert set(data.loc[data["drawn"], "seed"]) == {0}
    assert data.loc[data["drawn"], "place"].nunique() == 6
    curve = rows(data, dataset="toys", backbone="hstu", method="spectran", seed=0).sort_values("epoch")
    np.testing.assert_allclose(curve["ndcg@20"].iloc[5], 0.044 * (1 - np.exp(-1)))
    with style():
        figure = module("curves").draw(findings)
    kept = [line for line in figure.axes[0].get_lines() if line.get_marker() == "o"]
    assert {float(line.get_xdata()[0]) for line in kept} == {float(curve.loc[curve["ndcg@20"].idxmax(), "epoch"])}


def test_a_backbone_far_above_the_others_is_not_cut_off(findings: Findings):
    trials = findings.frames.trials
    higher = trials["ndcg@20"].where(trials["backbone"] != "hstu", 3 * trials["ndcg@20"])
    frames = replace(findings.frames, trials=trials.assign(**{"ndcg@20": higher}))
    with style():
        figure = module("curves").draw(replace(findings, frames=frames))
    for panel in figure.axes:
        lowest, highest = panel.get_ylim()
        for line in panel.get_lines():
            assert lowest <= np.min(line.get_ydata())
            assert np.max(line.get_ydata()) <= highest


def test_curves_of_more_places_than_twelve_are_of_one_backbone():
    datasets = {f"d{n}": {"label": f"D{n}", **FILES} for n in range(5)}
    main = {"methods": ["base"], "dimensions": [128]}
    data = module("curves").data(by_hand(published(datasets, parts={"main": main})))
    assert data["place"].nunique() == 15
    assert data.loc[data["drawn"], "backbone"].unique().tolist() == ["sasrec"]


def test_dimension_lines_and_printed_marks(findings: Findings):
    data = module("dimension").data(findings)
    line = rows(data, dataset="toys", method="spectran", metric="ndcg@20").sort_values("dim")
    expected = [1.25 * 1.0005 * 0.044 * (d / 128) ** 0.1 for d in (16, 64, 128)]
    np.testing.assert_allclose(line["ours"], expected)
    assert line["printed"].iloc[1:].tolist() == [0.0451, 0.0483]
    assert sorted(data["metric"].unique()) == ["hr@20", "ndcg@20"]
    with style():
        figure = module("dimension").draw(findings)
    panel = figure.axes[0]
    assert panel.get_xscale() == "log"
    assert [label.get_text() for label in panel.get_xticklabels()] == ["16", "64", "128"]
    colour = looks(findings.study)["spectran"].colour
    marks = [found for found in panel.get_lines() if found.get_color() == colour and found.get_marker() == "D"]
    assert [found.get_markerfacecolor() for found in marks] == ["none"]
    np.testing.assert_array_equal(marks[0].get_ydata(), line["printed"])


def test_synthetic_data_has_no_printed_mark():
    made = {"toys": {"label": "Toy", "source": "synthetic", "synthetic": {}}}
    synthetic = by_hand(published(made))
    for name in ("dimension", "ablation"):
        assert module(name).data(synthetic)["printed"].isna().all()
        with style():
            (legend,) = module(name).draw(synthetic).legends
        assert "Printed in the paper" not in [text.get_text() for text in legend.get_texts()]


def test_ablation_bars_are_the_means(findings: Findings):
    data = module("ablation").data(findings)
    one = rows(data, dataset="beauty", backbone="hstu", method="identity").iloc[0]
    assert one["ours"] == pytest.approx(1.25 * 0.036 * 1.0005)
    assert one["sd"] == pytest.approx(1.25 * 0.036 * 0.001 / np.sqrt(2))
    assert one["printed"] == 0.0389
    with style():
        figure = module("ablation").draw(findings)
    heights = [bar.get_height() for bar in figure.axes[1].patches]
    expected = [
        rows(data, dataset="beauty", method=method, backbone=backbone)["ours"].item()
        for method in PARTS["ablation"]["methods"]
        for backbone in BACKBONES
    ]
    np.testing.assert_allclose(heights, expected)
    spans = sorted((bar.get_x(), bar.get_x() + bar.get_width()) for bar in figure.axes[1].patches)
    assert all(end < start for (_, end), (start, _) in pairwise(spans))


def test_weights_are_the_blocks_and_the_diagonal(findings: Findings):
    data = module("weights").data(findings)
    S, A = scores_of(Cell("toys", "minilm", "sasrec", "spectran", 128))
    own = rows(data, dataset="toys", quantity="positional", moment="trained").sort_values("component")
    np.testing.assert_allclose(own["value"], A)
    block = rows(data, dataset="toys", quantity="mixing", moment="trained", dimension=1).sort_values("component")
    starts = block["component"].to_numpy() - 1
    means = [part.mean() for part in np.split(np.abs(S[0]), starts[1:])]
    np.testing.assert_allclose(block["value"], means)
    assert data["rank"].unique().tolist() == [150]
    assert set(rows(data[data["drawn"]], quantity="mixing")["moment"]) == {"trained"}
    assert set(rows(data[data["drawn"]], quantity="positional")["moment"]) == {"init", "trained"}


def test_the_map_reaches_from_the_first_component_to_the_last(findings: Findings):
    with style():
        figure = module("weights").draw(findings)
    heat = figure.axes[0]
    assert heat.get_xlim() == (0.5, 150.5)
    assert heat.get_ylim() == (0.5, 128.5)
    (edge,) = [line for line in heat.get_lines() if line.get_label() == "Component d"]
    assert set(edge.get_xdata()) == {128.5}


def test_effective_rank_is_over_the_width(findings: Findings):
    data = module("rank_ndcg").data(findings)
    assert len(data) == 2 * 3 * 13  # datasets, backbones, methods of Tables 2 and 3
    s = np.sqrt(spectrum_of(0.9, 128))
    p = s / s.sum()
    base = rows(data, dataset="toys", backbone="sasrec", method="base").iloc[0]
    assert base["used"] == pytest.approx(np.exp(-(p * np.log(p)).sum()) / 128)
    assert base["ours"] == pytest.approx(0.030 * 1.25 * 1.0005)
    toys = rows(data, dataset="toys")
    x, y = rankdata(toys["used"]), rankdata(toys["ours"])
    rho = np.corrcoef(x, y)[0, 1]
    with style():
        figure = module("rank_ndcg").draw(findings)
    assert figure.axes[0].get_title(loc="left") == f"Toy\nρ = {rho:+.2f}, 39 cells"
    markers = {line.get_marker() for line in figure.axes[0].get_lines()}
    assert markers == {"o", "s", "^"}


@pytest.mark.parametrize(
    ("used", "ours", "rho"),
    [
        ([0.1, 0.2, 0.3], [1, 2, 9], 1.0),
        ([0.1, 0.2, 0.3], [3, 2, 1], -1.0),
        ([0.1, 0.2], [1, 2], nan),
        ([1, 1, 1], [1, 2, 3], nan),
    ],
)
def test_rank_correlation(used: list[float], ours: list[float], rho: float):
    found = rank_correlation(pd.DataFrame({"used": used, "ours": ours}))
    assert isnan(found) if isnan(rho) else found == pytest.approx(rho)


def test_a_cell_that_was_not_asked_for_is_in_no_figure(findings: Findings):
    assert not set(module("rank_ndcg").data(findings)["method"]) & {"random", "shuffled"}
    assert set(module("rank_ndcg").data(findings)["dim"]) == {128}
