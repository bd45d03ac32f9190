"""What the figures draw is what the files hold, with the same bytes each time."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from reporting.made import make_findings
from reporting.tree import study, values
from spectran.config.cells import expand
from spectran.reporting.catalogue import FIGURES
from spectran.reporting.figures import module
from spectran.reporting.figures.style import DASHES, PALETTE, lines, style
from spectran.reporting.figures.write import write_figure
from spectran.reporting.findings import Findings


def test_figure1_is_the_running_sum_over_the_sum_of_the_spectrum_file(tmp_path: Path):
    made = study()
    findings = make_findings(made, tmp_path)
    data = module("figure1").data(findings)
    for cell in expand(made):
        spectrum = pd.read_parquet(tmp_path / "results" / cell.path / "spectrum.parquet")
        table = "item" if cell.method == "base" else "semantic"
        one = spectrum[(spectrum["table"] == table) & (spectrum["moment"] == "trained") & (spectrum["seed"] == 0)]
        s = one.sort_values("index")["covariance"].to_numpy()
        drawn = data[(data["dataset"] == cell.dataset) & (data["method"] == cell.method)]
        assert drawn["table"].unique().tolist() == [table]
        np.testing.assert_allclose(drawn["share"], np.cumsum(s) / s.sum(), rtol=1e-12)


def test_the_other_views_use_their_own_values(findings: Findings):
    data = module("spectra").data(findings)
    morec = data[(data["dataset"] == "office") & (data["method"] == "morec")]
    centred = np.sqrt(values("morec", "semantic", 128))
    semantic, item = morec[morec["view"] == "semantic"], morec[morec["view"] == "item"]
    np.testing.assert_allclose(semantic["share"], np.cumsum(centred) / centred.sum())
    whole = values("morec", "item", 128)
    np.testing.assert_allclose(item["share"], np.cumsum(whole) / whole.sum())


def test_figure1_draws_its_data_and_dashes_the_stand_in(findings: Findings):
    with style():
        figure = module("figure1").draw(findings)
    panel = figure.axes[0]
    drawn = {str(line.get_label()): line for line in panel.get_lines() if not str(line.get_label()).startswith("_")}
    assert list(drawn) == ["Base (item table)", "MoRec", "SpecTran"]
    data = module("figure1").data(findings)
    morec = data[(data["dataset"] == "office") & (data["method"] == "morec")]
    np.testing.assert_allclose(np.asarray(drawn["MoRec"].get_ydata()), morec["share"])
    assert drawn["Base (item table)"].is_dashed()
    assert not drawn["SpecTran"].is_dashed()


@pytest.mark.parametrize("name", FIGURES)
def test_long_labels_stay_inside_the_figure(name: str, tmp_path: Path):
    labels = ["SpecTran w/o φ(QKᵀ)", "SpecTran, D → Σ", "SpecTran, D → I", "SpecTran w/o A"]
    office = {"label": "Office", "source": "files", "files": {"interactions": "a.csv", "items": "b.csv"}}
    methods = {"base": {}} | {f"m{n}": {"kind": "spectran", "label": label} for n, label in enumerate(labels * 2)}
    findings = make_findings(study(datasets={"office": office}, methods=methods), tmp_path)
    with style():
        figure = module(name).draw(findings)
        figure.savefig(tmp_path / "figure.svg")
        (legend,) = figure.legends
        box = legend.get_window_extent()
    # Labels that are told apart by their names are longer than any of the shipped studies.
    assert 0 <= box.x0 < box.x1 <= figure.bbox.x1
    assert box.y0 >= 0


@pytest.mark.parametrize("name", FIGURES)
@pytest.mark.parametrize("datasets", [1, 3])
def test_long_titles_stay_over_their_panels(name: str, datasets: int, tmp_path: Path):
    one = {"label": "Clothing, Shoes and Jewelry with Accessories", "source": "synthetic", "synthetic": {}}
    made = study(datasets={f"d{n}": one for n in range(datasets)}, methods={"base": {}}, seeds=[0])
    findings = make_findings(made, tmp_path)
    with style():
        figure = module(name).draw(findings)
        figure.savefig(tmp_path / "figure.svg")
    for panel in filter(lambda axes: axes.get_visible(), figure.axes):
        title, axes = panel._left_title.get_window_extent(), panel.get_window_extent()
        assert axes.x0 <= title.x0 < title.x1 <= axes.x1 + 1
        assert title.y1 <= figure.bbox.y1
        assert axes.height > 1.5 * figure.dpi  # inches: titles do not eat the panels


def test_colours_belong_to_methods_and_no_two_look_alike():
    many = study(methods={f"m{n}": {"kind": "morec", "label": f"M{n}"} for n in range(len(PALETTE) * 2)})
    looks = lines(many)
    assert len({(look.colour, look.dashes) for look in looks.values()}) == len(looks)
    assert looks["m0"].dashes == DASHES[0]


@pytest.mark.parametrize("name", FIGURES)
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
    assert {path.name for path in (tmp_path / "a").iterdir()} == {f"{name}.{k}" for k in ("svg", "pdf", "csv")}


def test_unknown_figure_is_refused():
    with pytest.raises(ValueError, match="figure 'x': one of figure1"):
        module("x")
