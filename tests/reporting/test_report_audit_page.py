"""The audit of our own numbers, its files, and its page in a browser."""

import json
import re
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from reporting.browser import check_page
from reporting.made import PUBLISHED, TEMPLATES, make_findings
from reporting.tree import USERS, study
from spectran.reporting.audit import CHECKS, audit
from spectran.reporting.audit.details import details_table, show
from spectran.reporting.audit.own_hit_ratios import own_hit_ratios
from spectran.reporting.audit.paper import PaperTableError, read_paper
from spectran.reporting.audit.write import render_audit, write_audit
from spectran.reporting.findings import Findings

EVIL = '<script>alert(1)</script> & "x"'


@pytest.fixture(scope="module")
def right(findings: Findings) -> Findings:
    """The made-up study, whose ranks are those of ten users, with the right number of users."""
    datasets = findings.frames.datasets.assign(users=USERS)
    return replace(findings, frames=replace(findings.frames, datasets=datasets))


def tied(findings: Findings, rule: str) -> Findings:
    evaluation = findings.study.evaluation.model_copy(update={"ties": rule})
    return replace(findings, study=findings.study.model_copy(update={"evaluation": evaluation}))


def without_metrics(findings: Findings) -> Findings:
    return replace(findings, frames=replace(findings.frames, metrics=findings.frames.metrics.iloc[:0]))


def test_our_hit_ratios_are_whole_counts(right: Findings):
    check = own_hit_ratios(right)
    assert check is not None
    assert check.outcome == "agrees"
    # 2 datasets x 3 methods x 2 seeds x 2 cut-offs x 2 scores.
    assert check.recomputed == "48 of 48 hit ratios are whole counts of users"
    assert check.details["impossible"].sum() == 0
    assert check.details["impossible_at_a_tenth"].sum() > 0
    assert any("Made up: synthetic data" in line for line in check.evidence)


def test_a_wrong_number_of_users_is_noticed(findings: Findings):
    """The tree says 4,895 users, its ranks are of ten: HR 0.5 would be 2,447.5 users."""
    check = own_hit_ratios(tied(findings, "pessimistic"))
    assert check is not None
    assert check.outcome == "disagrees"
    assert check.details["impossible"].sum() > 0


def test_shared_places_leave_it_open(findings: Findings):
    check = own_hit_ratios(tied(findings, "expected"))
    assert check is not None
    assert check.outcome == "cannot be said"
    assert "share the hit" in check.evidence[-1]


def test_no_hit_ratios_no_test(right: Findings):
    none = without_metrics(right)
    assert own_hit_ratios(none) is None
    page = render_audit(none, audit(read_paper(PUBLISHED)), None, TEMPLATES)
    assert "Left out: this study has no hit ratio" in page


def test_the_files(right: Findings, tmp_path: Path):
    page, record = tmp_path / "audit.html", tmp_path / "audit.json"
    write_audit(page, record, right, PUBLISHED, TEMPLATES)
    found = json.loads(record.read_text(encoding="utf-8"))
    assert found["study"] == "tiny"
    assert len(found["checks"]) == len(CHECKS)
    assert found["own"]["outcome"] == "agrees"
    (improvement,) = [check for check in found["checks"] if check["name"] == "improvement"]
    assert len(improvement["details"]) == 48
    assert improvement["details"][0]["recomputed"] == pytest.approx(17.153, abs=0.001)
    text = page.read_text(encoding="utf-8")
    for check in found["checks"]:
        assert f'<section id="{check["name"]}"' in text
        assert f'<a href="#{check["name"]}">' in text
    assert "Synthetic data: Made up." in text
    first = (page.read_bytes(), record.read_bytes())
    write_audit(page, record, right, PUBLISHED, TEMPLATES)
    assert (page.read_bytes(), record.read_bytes()) == first


def test_whatever_the_study_says_is_shown_as_text(tmp_path: Path):
    files = {"source": "files", "files": {"interactions": "a.csv", "items": "b.csv"}}
    made = make_findings(study(datasets={"office": {"label": EVIL, **files}}, methods={"base": {}}), tmp_path)
    page = render_audit(made, [], own_hit_ratios(made), TEMPLATES)
    assert "<script" not in page
    assert "&lt;script&gt;alert(1)" in page
    assert "Synthetic data" not in page


@pytest.mark.parametrize(
    ("harm", "complaint"),
    [
        (lambda text: text.replace(",dim", ",d").replace("dim,", "d,"), r"columns \['dim'\] expected"),
        (
            lambda text: text.replace("0.0236", "0.02x6", 1),
            "line 2: a number expected in column 'value', found '0.02x6'",
        ),
    ],
)
def test_a_spoilt_table_is_named(harm, complaint: str, tmp_path: Path):
    folder = shutil.copytree(PUBLISHED, tmp_path / "published")
    path = folder / "table4.csv"
    path.write_text(harm(path.read_text()))
    with pytest.raises(PaperTableError, match=rf"table4\.csv.*{complaint}"):
        read_paper(folder)


def test_numbers_for_the_eye():
    assert show(1705728) == "1,705,728"
    assert show(-0.25) == "−0.2500"
    assert show(2.5, "+.1f") == "+2.5"
    assert show(float("nan"), ".1f") == "–"
    assert [show(True), show(False), show("as it is")] == ["yes", "no", "as it is"]


def test_details_are_grouped_by_all_keys_but_the_last(right: Findings):
    check = own_hit_ratios(right)
    assert check is not None
    table = details_table(check)
    assert table.rows == [(label, score) for label in ("Office", "Made up") for score in ("cosine", "dot")]
    assert table.columns[0] == ("", "Test users")


def test_the_report_links_to_the_audit(report: Path):
    assert '<a href="audit.html">' in report.read_text(encoding="utf-8")
    assert re.search(r'<a href="index\.html">', report.with_name("audit.html").read_text(encoding="utf-8"))


@pytest.mark.browser
def test_the_page_in_a_browser(report: Path):
    check_page(report.with_name("audit.html"))
