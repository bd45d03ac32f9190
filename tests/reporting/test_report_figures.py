"""Every figure: legible with one place and with the published study's twelve, with the same bytes each time."""

from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from matplotlib.figure import Figure

from reporting.handmade import PARTS, by_hand, changed, published
from reporting.handmade_protocol import VARIANTS
from reporting.made import SPECTRAN_FIGURES
from spectran.config.parts import PARTS as NAMES
from spectran.reporting.catalogue.figures import FIGURES
from spectran.reporting.catalogue.parts import shown
from spectran.reporting.figures import module
from spectran.reporting.figures.style import DASHES, PALETTE, looks, style
from spectran.reporting.figures.write import write_figure
from spectran.reporting.findings import Findings

#: Simulated full colour blindness (Machado et al. 2009), for linear RGB.
BLINDNESS = {
    "protanopia": [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
    "deuteranopia": [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.01182, 0.04294, 0.968881]],
    "tritanopia": [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.3039]],
}
#: To CIE XYZ.
XYZ = [[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]]
#: The closest two colours of Okabe and Ito are 16 apart, as tritanopia sees them.
APART = 16.0


@pytest.fixture(scope="module")
def twelve() -> Findings:
    return by_hand(published(datasets=4))


@pytest.fixture(scope="module")
def one() -> Findings:
    parts = {name: {**part, "backbones": ["sasrec"]} for name, part in PARTS.items()}
    return by_hand(published(parts=parts, backbones={"sasrec": {}}))


@pytest.fixture
def findings(request: pytest.FixtureRequest) -> Findings:
    found: Findings = request.getfixturevalue(request.param)
    return found


def long_names(datasets: int, **changes: Any) -> Findings:
    """Labels that are told apart by their names, and a dataset's name in full."""
    label = "Clothing, Shoes and Jewelry with Accessories"
    made = {f"d{n}": {"label": label, "source": "synthetic", "synthetic": {}} for n in range(datasets)}
    labels = ["SpecTran w/o φ(QKᵀ)", "SpecTran, D → Σ", "SpecTran, D → I", "SpecTran w/o A"]
    methods = {"base": {}} | {f"m{n}": {"kind": "spectran", "label": label} for n, label in enumerate(labels * 3)}
    parts = {name: {"methods": ["m0"]} if name == "case_study" else {} for name in NAMES}
    parts |= {"sensitivity": {"variants": VARIANTS}, "frellm4rec": None}
    return by_hand(published(made, parts=parts, methods=methods, **changes))


def laid_out(figure: Figure) -> None:
    """As `savefig` does it: the second turn settles what the first one moved."""
    figure.draw_without_rendering()
    figure.draw_without_rendering()


@pytest.mark.parametrize("name", SPECTRAN_FIGURES)
@pytest.mark.parametrize(("findings", "most"), [("one", 2), ("twelve", 12)], indirect=["findings"])
def test_one_place_and_twelve_are_drawn_and_nothing_is_clipped(name: str, findings: Findings, most: int):
    with style():
        figure = module(name).draw(findings)
        laid_out(figure)
        panels = [axes for axes in figure.axes if axes.get_visible() and axes.get_title(loc="left")]
        assert 1 <= len(panels) <= most
        assert figure.get_figwidth() <= 6.6 + 1e-9  # inches: type of 9.5 points is 8 pixels high in a page of 400
        for panel in panels:
            box = panel.get_tightbbox()
            assert 0 <= box.x0 < box.x1 <= figure.bbox.x1
            assert 0 <= box.y0 < box.y1 <= figure.bbox.y1
            size = panel.get_window_extent()
            assert min(size.width, size.height) > 1.2 * figure.dpi
        for a, b in combinations(panels, 2):
            assert not a.get_tightbbox().overlaps(b.get_tightbbox())


@pytest.mark.parametrize("name", SPECTRAN_FIGURES)
@pytest.mark.parametrize("datasets", [1, 3])
def test_long_names_stay_in_their_places(name: str, datasets: int):
    with style():
        figure = module(name).draw(long_names(datasets, backbones={"sasrec": {}}, dimensions=[128]))
        laid_out(figure)
        (legend,) = figure.legends
        box = legend.get_window_extent()
    assert 0 <= box.x0 < box.x1 <= figure.bbox.x1
    assert box.y0 >= 0
    panels = [axes for axes in figure.axes if axes.get_visible() and axes.get_title(loc="left")]
    assert panels
    for panel in panels:
        title, axes = panel._left_title.get_window_extent(), panel.get_window_extent()
        assert axes.x0 <= title.x0
        assert title.x1 <= figure.bbox.x1
        assert title.y1 <= figure.bbox.y1
        assert axes.height > 1.5 * figure.dpi  # inches: titles do not eat the panels
        assert axes.y0 > box.y1
    for a, b in combinations(panels, 2):
        assert not a._left_title.get_window_extent().overlaps(b._left_title.get_window_extent())


@pytest.mark.parametrize("name", SPECTRAN_FIGURES)
@pytest.mark.parametrize("findings", ["one"], indirect=True)
def test_same_bytes_twice_and_no_date(name: str, findings: Findings, tmp_path: Path):
    written = []
    for turn in ("a", "b"):
        paths = {kind: tmp_path / turn / f"{name}.{kind}" for kind in ("svg", "pdf", "csv")}
        write_figure(name, findings, **paths)
        written.append([path.read_bytes() for path in paths.values()])
    assert written[0] == written[1]
    svg, pdf, csv = written[0]
    assert svg.startswith(b"<?xml")
    assert pdf.startswith(b"%PDF")
    assert b"CreationDate" not in pdf
    assert b"<dc:date>" not in svg
    assert len(csv.splitlines()) > 1
    assert len(svg) < 400_000  # the page holds them all
    assert {path.name for path in (tmp_path / "a").iterdir()} == {f"{name}.{k}" for k in ("svg", "pdf", "csv")}


def test_a_figure_of_a_part_that_is_not_run_is_not_made():
    run = published(parts={"main": None, "ablation": {}}, controls={})
    assert list(shown(FIGURES, run)) == ["popularity", "ablation"]
    assert {item.part for item in FIGURES.values()} <= {"", *NAMES}


def test_other_parts_do_not_change_a_figure():
    """Figure 1 is of the main part, whatever else was run."""
    alone = by_hand(published(parts={"main": PARTS["main"]}))
    assert module("figure1").data(by_hand(published())).equals(module("figure1").data(alone))


def test_a_map_of_zeros_is_drawn(one: Findings):
    nothing = changed(one, "mixing", lambda frame: frame.assign(weight=0.0))
    with style():
        module("weights").draw(nothing).draw_without_rendering()


def test_colours_belong_to_methods_and_no_two_look_alike():
    many = published(methods={f"m{n}": {"kind": "morec", "label": f"M{n}"} for n in range(len(PALETTE) * 2)}, parts={})
    found = looks(many)
    assert len({(look.colour, look.dashes) for look in found.values()}) == len(found)
    assert len({(look.colour, look.hatch) for look in found.values()}) == len(found)
    assert len({(look.colour, look.fill) for look in found.values()}) == len(found)
    assert found["m0"].dashes == DASHES[0]


def test_all_rows_of_table_2_have_a_colour_of_their_own():
    found = looks(published())
    assert len({found[name].colour for name in PARTS["main"]["methods"]}) == len(PARTS["main"]["methods"])


@pytest.mark.parametrize("sight", [None, *BLINDNESS])
def test_colours_stay_apart_for_the_colour_blind(sight: str | None):
    seen = [_lab(colour, np.eye(3) if sight is None else np.array(BLINDNESS[sight])) for colour in PALETTE]
    assert min(float(np.linalg.norm(a - b)) for a, b in combinations(seen, 2)) > APART


def _lab(colour: str, blindness: np.ndarray) -> np.ndarray:
    """CIE L*a*b* of a colour as seen."""
    values = np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)]) / 255
    linear = np.where(values <= 0.04045, values / 12.92, ((values + 0.055) / 1.055) ** 2.4)
    x = np.array(XYZ) @ np.clip(blindness @ linear, 0, 1) / [0.9505, 1, 1.089]
    f = np.where(x > 0.008856, np.cbrt(x), 7.787 * x + 16 / 116)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


def test_unknown_figure_is_refused():
    with pytest.raises(ValueError, match="figure 'x': one of popularity"):
        module("x")
