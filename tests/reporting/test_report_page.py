"""The page: escaped, complete, the same bytes twice, and whole in a browser without a network."""

import re
import shutil
from collections.abc import Callable
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest

from reporting.browser import check_page
from reporting.made import ROOT, SPECTRAN_FIGURES, SPECTRAN_TABLES, TEMPLATES, make_findings
from reporting.tree import study, whole_study
from spectran.reporting.catalogue.figures import FIGURES
from spectran.reporting.catalogue.files import CELL_FILES, DATA_FILES, MEMBERS, SPECTRA_FILES, TEXT_FILES
from spectran.reporting.catalogue.tables import TABLES
from spectran.reporting.cell_files import ResultFileError
from spectran.reporting.claims import judge
from spectran.reporting.claims.load import read_claims
from spectran.reporting.findings import Findings
from spectran.reporting.headline import title
from spectran.reporting.page import render_page
from spectran.reporting.render.html import table_page
from spectran.reporting.render.latex import to_latex
from spectran.reporting.tables import build

EVIL = '<script>alert(1)</script> & "x" 100%_'


def render(findings: Findings, report: Path) -> str:
    """A page of these findings with the figures and verdicts of an existing report."""
    return render_page(findings, read_claims(report.with_name("claims.json")), report.parent.parent, TEMPLATES)


class _Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.text: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        assert not any(name.startswith("on") for name, _ in attrs)

    def handle_data(self, data: str) -> None:
        self.text.append(data)


def test_whatever_the_study_says_is_shown_as_text(report: Path, tmp_path: Path):
    made = study(
        description=EVIL,
        datasets={"office": {"label": EVIL, "source": "files", "files": {"interactions": "a.csv", "items": "b.csv"}}},
        methods={"base": {"label": EVIL}, "spectran": {}},
    )
    findings = make_findings(made, tmp_path)
    table = build("table2", findings)
    page = render_page(findings, judge(findings), report.parent.parent, TEMPLATES)
    pages = [page, table_page(table, TABLES["table2"], "table2", TEMPLATES)]
    for page in pages:
        parser = _Tags()
        parser.feed(page)
        assert "script" not in parser.tags
        assert EVIL in " ".join(parser.text)
    latex = to_latex(table, TABLES["table2"], "table2")
    assert r'\textless{}script\textgreater{}alert(1)\textless{}/script\textgreater{} \& "x" 100\%\_' in latex


def test_the_page_holds_every_table_figure_and_verdict(whole_report: Path):
    text = whole_report.read_text(encoding="utf-8")
    for name in [*SPECTRAN_TABLES, *SPECTRAN_FIGURES]:
        assert f'<figure id="{name}"' in text
    assert text.count("<img ") == len(SPECTRAN_FIGURES) == text.count('src="data:image/svg+xml;base64,')
    ids = re.findall(r' id="([^"]+)"', text)
    assert len(set(ids)) == len(ids)
    assert [link for link in re.findall(r'href="#([^"]+)"', text) if link not in ids] == []
    assert "Not run, so not shown: frellm4rec (FreLLM4Rec: graph frequencies, language models as backbones). To" in text
    assert 'id="second-paper"' not in text
    assert len(text) < 8e6


def test_parts_that_are_not_run_are_left_out_and_named(report: Path):
    text = report.read_text(encoding="utf-8")
    for name, item in [*TABLES.items(), *FIGURES.items()]:
        shown = item.part in {"", "main", "spectran"} and not item.searched
        assert (f'<figure id="{name}"' in text) == shown, name
        if name in TABLES:
            assert (report.parent / "tables" / f"{name}.csv").is_file() == shown, name
    absent = (
        "ablation (Table 3), dimension (Table 4), efficiency (Table 5), case_study (Table 6), controls, "
        "sensitivity (readings of the protocol), frellm4rec (FreLLM4Rec: graph frequencies, language models as "
        "backbones)"
    )
    assert f"Not run, so not shown: {absent}. To run a part" in text
    assert 'href="#ablations"' not in text
    assert 'href="#accuracy"' in text


def test_what_is_left_of_a_study_without_its_main_part(whole_report: Path, tmp_path: Path):
    made = whole_study(parts={"main": None, "case_study": {}}, methods={"spectran": {}}, controls={}, seeds=[0])
    page = render(make_findings(made, tmp_path), whole_report)
    assert '<figure id="table6"' in page
    assert '<figure id="table2"' not in page
    assert "Not run, so not shown: main (Table 2, ranking scores), ablation" in page
    assert '<ul class="outcomes">' not in page


def test_long_tables_and_lists_are_folded(whole: Findings, whole_report: Path, monkeypatch: pytest.MonkeyPatch):
    assert "<summary>All" not in whole_report.read_text(encoding="utf-8")
    monkeypatch.setattr("spectran.reporting.page.MOST_ROWS", 15)
    page = render(whole, whole_report)
    cells = len(whole.frames.cells)
    assert page.count(f"<summary>All {cells} rows</summary>") == 6  # variance, collapse (twice), tuning, choice, cost
    assert f"<summary>Cells ({cells})</summary>" in page
    assert "<summary>All 10 rows" not in page  # Table 2


def test_the_page_links_to_what_only_some_cells_have(whole_report: Path):
    text = whole_report.read_text(encoding="utf-8")
    for name in (
        "cells/toys/minilm/sasrec/rlmrec/d128/efficiency.json",
        "cells/made/minilm/hstu/spectran/d128/mixing.parquet",
        "controls/made/minilm/item-knn/choice.json",
    ):
        assert f'href="../{name}"' in text
        assert (whole_report.parent.parent / name).is_file()
    assert "2 datasets, 2 backbones, 7 methods, 3 dimensions: 34 cells, 2 seeds each; 2 untrained controls." in text
    assert "default-src 'none'; style-src 'sha256-" in text
    assert "Synthetic data: these numbers say nothing about the paper." in text
    assert "no printed number" in text
    assert "The printed numbers were made with LLaMA3-8B and tuned" in text
    assert "temperature: 0.07" in text


def test_every_number_of_table_2_leads_to_its_ranks(report: Path):
    text = report.read_text(encoding="utf-8")
    table = text.split('<figure id="table2">')[1].split("</figure>")[0]
    methods = table.split("</thead>")[1].split("Improvement</span>")[0]
    numbers = re.findall(r"<td[^>]*>(.*?)</td>", methods)
    assert len(numbers) == 3 * 2 * 4
    for number in numbers:
        link = re.fullmatch(r'<a href="([^"]+/ranks\.parquet)">[^<]+</a>(?:<span class="sign">[†‡]</span>)?', number)
        assert link
        assert (report.parent / link[1]).is_file()


def test_no_banner_without_synthetic_data(report: Path, tmp_path: Path):
    office = {"label": "Office", "source": "files", "files": {"interactions": "a.csv", "items": "b.csv"}}
    page = render(make_findings(study(datasets={"office": office}), tmp_path), report)
    assert "say nothing about the paper" not in page


def test_the_title_is_short_and_the_description_stands_below(report: Path):
    text = report.read_text(encoding="utf-8")
    assert "<h1>SpecTran reproduced on Office and Made up</h1>" in text
    assert '<p class="lead">A made-up study that only tests the report.</p>' in text


def test_many_datasets_are_counted_in_the_title(tmp_path: Path):
    one = {"source": "synthetic", "synthetic": {}}
    made = study(datasets={f"d{n}": {"label": f"D{n}", **one} for n in range(5)}, methods={"base": {}}, seeds=[0])
    assert title(make_findings(made, tmp_path)) == "SpecTran reproduced on 5 datasets"


def test_the_settings_claim_no_more_than_the_readme_does(report: Path):
    text = report.read_text(encoding="utf-8")
    assert "Every choice that <code>config/README.md</code> lists is an option" in text
    assert "Everything that the paper leaves open" not in text
    readme = Path(__file__).parents[2] / "config/README.md"
    assert "not built yet" in readme.read_text(encoding="utf-8")


def test_every_listed_file_is_made_by_a_rule():
    rules = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "workflow" / "rules").glob("*.smk"))
    for name in [*CELL_FILES, MEMBERS, *DATA_FILES, *TEXT_FILES, *SPECTRA_FILES]:
        assert f'/{name}"' in rules, name


@pytest.mark.parametrize(
    "name",
    [
        "cells/office/minilm/sasrec/base/d128/members.safetensors",
        "data/office/statistics.json",
        "text/made/minilm/encoding.json",
        "spectra/made/minilm/spectrum.parquet",
        "report/data/rounds.parquet",
    ],
)
def test_a_listed_file_that_is_missing_is_named(name: str, report: Path, findings: Findings):
    path = report.parent.parent / name
    aside = path.rename(path.with_name("aside"))
    try:
        with pytest.raises(ResultFileError, match=rf"{re.escape(name)}: a file that the page links to expected"):
            render(findings, report)
    finally:
        aside.rename(path)


def test_same_bytes_twice(findings: Findings, report: Path):
    assert render(findings, report) == report.read_text(encoding="utf-8")


@pytest.mark.browser
def test_the_page_in_a_browser(report: Path, tmp_path: Path):
    check_page(report, tmp_path)
    assert len(list(tmp_path.glob("*.png"))) == 4


@pytest.mark.browser
def test_the_page_of_every_part_in_a_browser(whole_report: Path):
    check_page(whole_report, widths=(400, 1280))


@pytest.mark.browser
def test_a_page_as_wide_as_the_paper_s_study(report: Path, tmp_path: Path):
    """Four datasets and eight methods with long names, all with printed numbers, spreads and a note of their own."""
    files = {"source": "files", "files": {"interactions": "a.csv", "items": "b.csv"}}
    names = ("toys", "beauty", "clothing", "office")
    variants = {f"m{n}": {"kind": "spectran", "label": f"SpecTran w/o φ(QKᵀ) {n}"} for n in range(5)}
    made = study(
        datasets={name: {"label": f"{name.title()} Products and More", **files} for name in names},
        methods={"base": {}, "morec": {}, "spectran": {}} | variants,
        training={"epochs": 12},
    )
    findings = make_findings(made, tmp_path)
    page = shutil.copytree(report.parent, tmp_path / "results" / "report") / "index.html"
    page.write_text(render(findings, page), encoding="utf-8")
    check_page(page)


def styled(text: str, style: str) -> str:
    """A page with a style at its title, and with a policy that lets it."""
    return re.sub(r"style-src '[^']*'", "style-src 'unsafe-inline'", text).replace("<h1>", f'<h1 style="{style}">')


@pytest.mark.browser
@pytest.mark.parametrize(
    ("harm", "complaint"),
    [
        (lambda text: text.replace("ranks.parquet", "nowhere.parquet", 1), "lead nowhere"),
        (lambda text: text.replace('href="#settings"', 'href="#absent"', 1), "lead nowhere"),
        (lambda text: text.replace("<h1>", '<h1><img alt="x" src="http://127.0.0.1:9/x.png">'), "console|asks for"),
        (lambda text: text.replace("<h1>", "<h1><script>1</script>"), "the console says"),
        (lambda text: styled(text, "width: 3000px"), "too wide"),
        (lambda text: styled(text, "font-size: 9px"), "text of"),
    ],
)
def test_the_browser_check_can_fail(harm: Callable[[str], str], complaint: str, report: Path):
    broken = report.with_name("broken.html")
    broken.write_text(harm(report.read_text(encoding="utf-8")), encoding="utf-8")
    try:
        with pytest.raises(AssertionError, match=complaint):
            check_page(broken)
    finally:
        broken.unlink()


@pytest.mark.parametrize(("clean", "shown"), [(True, False), (False, True), (None, False)])
def test_uncommitted_changes_are_shown(findings: Findings, report: Path, clean: bool | None, shown: bool):
    provenance = findings.frames.provenance.astype({"clean": object})
    provenance.loc[0, "clean"] = clean
    changed = replace(findings, frames=replace(findings.frames, provenance=provenance))
    assert ("with uncommitted changes" in render(changed, report)) is shown
