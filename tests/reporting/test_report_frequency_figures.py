"""Figures of FreLLM4Rec's part: what they draw, and that it can be read."""

from itertools import combinations
from pathlib import Path

import pandas as pd
import pytest
from matplotlib.colors import to_hex

from reporting.handmade import by_hand, changed
from reporting.handmade_frequencies import BACKBONES, BLOCKS, frequency_level, frequency_study
from reporting.test_report_figures import laid_out
from spectran.reporting.catalogue.figures import FIGURES
from spectran.reporting.figures import draw, module
from spectran.reporting.figures.style import style
from spectran.reporting.figures.write import write_figure
from spectran.reporting.findings import Findings

OURS = [name for name, item in FIGURES.items() if item.part == "frellm4rec"]


@pytest.fixture(scope="module")
def findings() -> Findings:
    return by_hand(frequency_study(), frequency_level)


@pytest.fixture(scope="module")
def three() -> Findings:
    return by_hand(frequency_study(datasets=3), frequency_level)


def rows(data: pd.DataFrame, **chosen: object) -> pd.DataFrame:
    for column, value in chosen.items():
        data = data[data[column] == value]
    return data


def test_attenuation_is_drawn_against_the_depth(findings: Findings):
    data = module("attenuation").data(findings)
    assert list(dict.fromkeys(data["role"])) == ["sasrec", "vanilla", "random", "full"]
    layers = rows(data, view="by layer", role="vanilla")
    assert layers["x"].tolist() == pytest.approx([100 * n / 6 for n in range(7)])
    assert layers["share"].iloc[[0, -1]].tolist() == pytest.approx([0.5, 0.1])
    assert rows(data, view="by layer", role="sasrec")["x"].tolist() == [0.0, 50.0, 100.0]
    bands = rows(data, view="by band, last layer", role="full")
    assert bands["x"].tolist() == list(range(1, 11))
    assert bands["share"].sum() == pytest.approx(1.0)
    assert bands["share"].iloc[0] == pytest.approx(0.57 / 3)


def test_every_language_model_has_a_panel_beside_the_same_sasrec():
    other = {name: BACKBONES[name] | {"model": "some/other", "label": f"Other {name}"} for name in ("llm", "tfm")}
    backbones = {name: BACKBONES[name] for name in ("sasrec", "llm", "tfm")}
    backbones |= {f"other-{name}": options for name, options in other.items()}
    block = {"label": "All", "backbones": [*backbones][1:], "methods": ["frellm4rec", "fusion"], "dimensions": [384]}
    blocks = {"references": BLOCKS["references"], "all": block}
    found = by_hand(frequency_study(blocks=blocks, backbones=backbones), frequency_level)
    data = module("attenuation").data(found)
    assert list(dict.fromkeys(data["place"])) == ["Toy · sentence-transformers/all-MiniLM-L6-v2", "Toy · some/other"]
    for place in data["place"].unique():
        assert set(rows(data, place=place)["role"]) == {"sasrec", "vanilla", "full"}


def test_sweeps_mark_what_was_learned_and_the_limits(findings: Findings):
    data = module("sweeps").data(findings)
    alpha, cutoff = rows(data, sweep="alpha"), rows(data, sweep="cutoff")
    assert rows(alpha, kind="grid")[["x", "ours"]].to_numpy().tolist() == [[0.3, 0.0335], [0.7, 0.034]]
    assert rows(alpha, kind="without the filter")[["x", "ours"]].to_numpy().tolist() == [[0.0, 0.033]]
    assert rows(alpha, kind="learned")["x"].tolist() == [0.42]
    assert rows(cutoff, kind="grid")[["x", "ours"]].to_numpy().tolist() == [[0.1, 0.034], [0.5, 0.036]]
    assert rows(cutoff, kind="without the filter")[["x", "ours"]].to_numpy().tolist() == [[1.0, 0.0325]]
    assert rows(cutoff, kind="learned")["x"].tolist() == pytest.approx([0.45])
    assert rows(data, kind="without either filter")["ours"].tolist() == [0.032, 0.032]


def test_only_a_filter_that_learns_is_marked_as_learned():
    """One cell learns the cut-off alone, and has a strength in force that it has not learned; another the other way."""
    cutoff = BLOCKS["learned"] | {"methods": ["frellm4rec"]}
    alpha = BLOCKS["learned"] | {"backbones": ["tfm"]}
    blocks = {"ablation": BLOCKS["ablation"], "cutoff": cutoff, "alpha": alpha}
    data = rows(module("sweeps").data(by_hand(frequency_study(blocks=blocks), frequency_level)), kind="learned")
    found = data[["sweep", "backbone", "method"]].itertuples(index=False, name=None)
    assert set(found) == {("cutoff", "learned", "frellm4rec"), ("alpha", "tfm", "chosen")}


def test_retention_is_the_last_share_in_percent_of_the_first(findings: Findings):
    data = module("retention").data(findings)
    assert "sasrec" not in set(data["backbone"])
    kept = data.set_index(["backbone", "method"])["retained_percent"]
    assert kept["llm", "fusion"] == pytest.approx(20.0)
    assert kept["half", "frellm4rec"] == pytest.approx(60.0)
    assert set(rows(data, in_sweep=True)["role"]) == {
        *("full", "alpha", "cutoff"),
        *("without graph filter", "without temporal filter"),
    }
    assert data["number"].tolist() == list(range(1, len(data) + 1))


def test_every_dot_of_retention_has_its_number_and_name(findings: Findings):
    with style():
        figure = module("retention").draw(findings)
    numbers = [text.get_text() for text in figure.axes[0].texts]
    (legend,) = figure.legends
    named = [text.get_text().split("  ", 1) for text in legend.get_texts()]
    assert [number for number, _ in named] == numbers
    assert ["2", "LLM · Fusion w/o G-LPF"] in named


def test_locality_draws_the_four_with_intervals(findings: Findings):
    data = module("locality").data(findings)
    assert list(dict.fromkeys(data["role"])) == ["vanilla", "full", "sasrec", "spectran"]
    full = rows(data, role="full")
    assert full["group"].tolist() == [1, 2, 3, 4]
    assert full["value"].tolist() == pytest.approx([0.017, 0.0272, 0.0408, 0.051])
    assert (full["high"] - full["low"]).tolist() == pytest.approx([0.008] * 4)


def test_a_role_has_one_colour_in_every_figure(findings: Findings):
    found = []
    for name in ("attenuation", "locality"):
        with style():
            figure = module(name).draw(findings)
        (legend,) = figure.legends
        handles = {line.get_label(): to_hex(line.get_color()) for line in legend.legend_handles}
        found.append(handles["LLM + TFM · FreLLM4Rec"])
    assert len(set(found)) == 1


@pytest.mark.parametrize("name", OURS)
def test_nothing_is_clipped_and_nothing_overlaps(name: str, three: Findings):
    with style():
        figure = module(name).draw(three)
        laid_out(figure)
        assert figure.get_figwidth() <= 6.6 + 1e-9
        (legend,) = figure.legends
        box = legend.get_window_extent()
        assert 0 <= box.x0 < box.x1 <= figure.bbox.x1
        assert box.y0 >= 0
        panels = [axes for axes in figure.axes if axes.get_visible()]
        for panel in panels:
            own, size = panel.get_tightbbox(), panel.get_window_extent()
            assert 0 <= own.x0 < own.x1 <= figure.bbox.x1
            assert box.y1 <= own.y0 < own.y1 <= figure.bbox.y1
            assert min(size.width, size.height) > 1.2 * figure.dpi
        for a, b in combinations(panels, 2):
            assert not a.get_tightbbox().overlaps(b.get_tightbbox())


def test_same_bytes_twice(findings: Findings, tmp_path: Path):
    name, written = "sweeps", []
    for turn in ("a", "b"):
        paths = {kind: tmp_path / turn / f"{name}.{kind}" for kind in ("svg", "pdf", "csv")}
        write_figure(name, findings, **paths)
        written.append([path.read_bytes() for path in paths.values()])
    assert written[0] == written[1]
    assert len(written[0][2].splitlines()) > 1


@pytest.mark.parametrize("name", OURS)
def test_nothing_left_is_said(name: str, findings: Findings):
    for frame in ("metrics", "frequencies", "filters", "locality", "sampled"):
        findings = changed(findings, frame, lambda rows: rows.iloc[:0])
    assert isinstance(module(name).data(findings), pd.DataFrame)
    with style():
        assert [text.get_text() for text in draw(name, findings).texts] == ["Nothing to show"]
