"""A report of a study whose every text is an attack: all of it shows as text, and the page asks for nothing."""

import csv
import re
from pathlib import Path
from xml.etree import ElementTree

import pytest
from docutils.core import publish_parts
from jinja2 import Environment

from reporting.browser import check_page, chromium
from reporting.made import ROOT, make_findings, make_report
from reporting.tree import study
from security.hostile import AT, DESCRIPTION, FORMULA, IMAGE, LATEX, LINK, SCRIPT, STYLE

FILES = {"interactions": f"{SCRIPT}/a.csv", "items": f"{IMAGE}.csv"}
DATASETS = {"office": {"label": SCRIPT + STYLE + LATEX, "source": "files", "files": FILES}}
METHODS = {"base": {"label": IMAGE + LINK}, "spectran": {"label": FORMULA}}
BACKBONES = {"sasrec": {"label": AT}}

#: In the page: elements and attributes that could run something, where links lead, and what a reader sees.
LOOK = """() => ({
  tags: [...new Set([...document.querySelectorAll('*')].map(e => e.localName))],
  handlers: [...document.querySelectorAll('*')].flatMap(e => [...e.attributes])
    .filter(a => a.name.startsWith('on') || a.name === 'style').map(a => a.name),
  schemes: [...new Set([...document.querySelectorAll('[href], [src]')].map(e => new URL(e.href || e.src).protocol))],
})"""
#: What somebody could have written into a page, had it not been escaped.
INJECTED = """<script>document.title = 'ran'</script><img src=x onerror="document.title = 'ran'">
<svg onload="document.title = 'ran'"></svg><a id=go href="javascript:document.title = 'ran'">x</a>
<style>body{display:none}</style><p style="position:fixed">x</p><iframe src="https://127.0.0.1:9/"></iframe>
<img src="https://127.0.0.1:9/pixel"><link rel=stylesheet href="https://127.0.0.1:9/x.css"><form action="https://127.0.0.1:9/"></form>
<base href="https://127.0.0.1:9/"><h1>"""


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder of the report."""
    folder = tmp_path_factory.mktemp("hostile")
    made = study(description=DESCRIPTION, datasets=DATASETS, methods=METHODS, backbones=BACKBONES)
    return make_report(make_findings(made, folder), folder / "results").parent


@pytest.mark.browser
def test_hostile_words_show_as_text_in_a_browser(hostile: Path):
    check_page(hostile / "index.html", widths=(1600,))  # no request, nothing on the console
    pages = [hostile / "index.html", hostile / "audit.html", *sorted((hostile / "tables").glob("*.html"))]
    assert len(pages) > 5
    with chromium() as browser:
        page = browser.new_page()
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        page.on("dialog", lambda dialog: pytest.fail(f"a dialog: {dialog.message}"))
        for path in pages:
            page.goto(path.as_uri())
            seen = page.evaluate(LOOK)
            assert not {"script", "iframe", "object", "embed", "form", "base"} & set(seen["tags"]), path
            assert not seen["handlers"], path
            assert set(seen["schemes"]) <= {"file:", "data:"}, path
            assert page.locator("h1").first.is_visible()
        assert all(url.startswith(("file:", "data:")) for url in asked)
        page.goto(pages[0].as_uri())
        text = page.evaluate("() => document.body.textContent")
    for words in (SCRIPT, STYLE, IMAGE, LATEX, LINK, AT, FORMULA, FILES["items"], "{{ 7*191 }}{% raw %}"):
        assert words in text, words


def test_every_page_has_the_strict_policy_and_one_style(hostile: Path):
    for path in sorted(hostile.rglob("*.html")):
        text = path.read_text(encoding="utf-8")
        policies = re.findall(r'<meta http-equiv="Content-Security-Policy" content="([^"]*)">', text)
        assert len(policies) == 1, path
        assert re.fullmatch(
            r"default-src 'none'; style-src 'sha256-[A-Za-z0-9+/]{43}='; img-src data:; base-uri 'none'; "
            r"form-action 'none'",
            policies[0],
        ), path
        assert text.index("Content-Security-Policy") < text.index("<style>")
        assert text.count("<style") == 1, path


@pytest.mark.browser
def test_the_policy_stops_what_escaping_would_have_missed(hostile: Path, tmp_path: Path):
    text = (hostile / "index.html").read_text(encoding="utf-8")
    page_file = tmp_path / "injected.html"
    page_file.write_text(text.replace("<h1>", INJECTED, 1), encoding="utf-8")
    with chromium() as browser:
        page = browser.new_page()
        answered: list[str] = []
        said: list[str] = []
        page.on("response", lambda response: answered.append(response.url))
        page.on("console", lambda message: said.append(message.text))
        page.goto(page_file.as_uri())
        page.evaluate("() => document.getElementById('go').click()")
        page.wait_for_timeout(200)
        assert page.title() != "ran"
        assert page.locator("h1").first.is_visible()  # nor is a style of theirs taken
        assert all(url.startswith(("file:", "data:")) for url in answered)
    for directive in ("style-src", "img-src", "default-src", "base-uri"):
        assert any(directive in line for line in said), (directive, said)
    assert any("inline" in line and "script" in line for line in said), said


def test_figures_are_pictures_of_the_words(hostile: Path):
    figures = sorted((hostile / "figures").glob("*.svg"))
    assert figures
    for path in figures:
        for element in ElementTree.parse(path).iter():
            tag = str(element.tag).rpartition("}")[2]
            assert tag not in {"script", "foreignObject", "image", "a", "iframe"}, path
            assert not any(name.rpartition("}")[2].startswith("on") for name in element.attrib), path
            links = [value for name, value in element.attrib.items() if name.endswith("href")]
            assert all(link.startswith("#") for link in links), path
    assert SCRIPT.encode() not in b"".join(path.read_bytes() for path in figures)


def test_spreadsheets_see_no_formula(hostile: Path):
    """A text that starts like a formula has an apostrophe before it; a number is left as it is, below zero too."""
    shown, negative = set(), 0
    for path in sorted(hostile.rglob("*.csv")):
        with path.open(encoding="utf-8", newline="") as file:
            for row in csv.reader(file):
                for cell in row:
                    shown.add(cell)
                    if cell.startswith(("=", "+", "-", "@", "\t")):
                        float(cell)  # a number, or the test fails
                        negative += 1
    assert {f"'{FORMULA}", f"'{AT}", DATASETS["office"]["label"]} <= shown
    assert negative > 0


def test_latex_prints_the_words(hostile: Path):
    tables = "".join(path.read_text(encoding="utf-8") for path in sorted((hostile / "tables").glob("*.tex")))
    assert r"\textbackslash{}input\{/etc/passwd\}\textbackslash{}write18\{id\}\$\textbackslash{}frac\$" in tables
    commands = set(re.findall(r"\\([A-Za-z]+)", tables))
    assert not commands & {"input", "include", "write", "openin", "openout", "def", "csname", "catcode", "frac"}


def test_snakemakes_own_report_shows_the_description_as_text():
    """As Snakemake makes it: a template, then reStructuredText."""

    class Snakemake:
        config = {"name": "tiny", "description": DESCRIPTION}  # noqa: RUF012 - as Snakemake's

    template = (ROOT / "report/workflow.rst").read_text(encoding="utf-8")
    page = publish_parts(Environment().from_string(template).render(snakemake=Snakemake), writer_name="html")["body"]
    assert not re.findall(r"<(script|style|img|a|iframe)\b", page)
    assert "root:" not in page
    text = page.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", '"')
    assert " ".join(DESCRIPTION.split()) in text
