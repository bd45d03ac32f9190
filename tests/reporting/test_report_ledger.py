"""The ledger of failures: what is said where nothing failed, where something did, and where nobody said why."""

from pathlib import Path

import pandas as pd
import pytest

from reporting.handmade import PARTS, by_hand, changed, published
from reporting.made import TEMPLATES
from reporting.test_report_tables import entry
from spectran.reporting.claims.load import read_claims
from spectran.reporting.failures import UNKNOWN, failed_cells, ledger, summary
from spectran.reporting.findings import Findings
from spectran.reporting.page import render_page
from spectran.reporting.tables import build

BASE = {"dataset": "toys", "encoder": "minilm", "backbone": "sasrec", "method": "base", "dim": 128, "variant": ""}
REASON = {"rule": "training_cell", "kind": "memory", "reason": "1200 MB taken, 1000 MB allowed"}


@pytest.fixture(scope="module")
def made() -> Findings:
    """Nine cells of the main part, six under two variants, and two untrained controls, all of which are there."""
    parts = {name: PARTS[name] for name in ("main", "sensitivity")}
    return by_hand(published(parts=parts, backbones={"sasrec": {}}))


def failed(made: Findings, **names: object) -> Findings:
    return changed(made, "failures", lambda _: pd.DataFrame([BASE | REASON | names]))


def test_nothing_failed(made: Findings):
    said = (
        "No cell failed (9 as the study, 6 under variants of the protocol, 2 of untrained controls); "
        "0 of 54 trials of the search and 0 of 9 final members diverged."
    )
    assert summary(made) == said
    table = build("failures", made)
    assert [found.text for found in table.entries] == ["none in this study"]
    assert table.notes == (said,)
    assert table.data.empty


def test_a_recorded_failure_has_its_reason(made: Findings):
    table = build("failures", failed(made))
    row = ("Toy · SASRec · d = 128", "Base")
    assert [entry(table, row, ("", name)).text for name in ("Job", "Kind", "Reason")] == list(REASON.values())
    assert table.notes[0].startswith("1 of 17 cells failed (9 as")


@pytest.mark.parametrize(
    ("names", "row"),
    [
        ({"variant": "loud"}, ("Toy · SASRec · d = 128 · ID table starts at 1", "Base")),
        ({"backbone": "", "dim": 0, "method": "ease"}, ("Toy", "EASE")),
    ],
)
def test_variants_and_controls_have_their_places(names: dict, row: tuple[str, str], made: Findings):
    assert build("failures", failed(made, **names)).rows == [row]


@pytest.mark.parametrize(
    ("name", "keep", "row"),
    [
        ("metrics", "method != 'base'", ("Toy · SASRec · d = 128", "Base")),
        (
            "sensitivity",
            "variant != 'loud' or method != 'base'",
            ("Toy · SASRec · d = 128 · ID table starts at 1", "Base"),
        ),
        ("controls", "control != 'ease'", ("Toy", "EASE")),
    ],
)
def test_what_is_missing_without_a_record_is_named_too(name: str, keep: str, row: tuple[str, str], made: Findings):
    lost = changed(made, name, lambda rows: rows.query(keep))
    table = build("failures", lost)
    assert table.rows == [row]
    assert entry(table, row, ("", "Reason")).text == UNKNOWN
    assert failed_cells(lost) == 1


def test_a_cell_counts_once_however_many_of_its_jobs_failed(made: Findings):
    both = pd.DataFrame([BASE | REASON | {"rule": rule} for rule in ("training_cell", "efficiency")])
    lost = changed(changed(made, "failures", lambda _: both), "metrics", lambda rows: rows.query("method != 'base'"))
    assert failed_cells(lost) == 1
    assert len(ledger(lost)) == 2


def test_trials_that_diverged_are_counted(made: Findings):
    def diverge(rows: pd.DataFrame) -> pd.DataFrame:
        last = rows["epoch"] == rows.groupby(["method", "phase", "member"])["epoch"].transform("max")
        searched = (rows["phase"] == "search") & (rows["member"] < 2) & (rows["method"] == "base")
        return rows.assign(diverged=last & searched)

    assert "2 of 54 trials of the search and 0 of 9" in summary(changed(made, "trials", diverge))


def test_the_head_of_the_page_counts_what_is_missing(findings: Findings, report: Path):
    verdicts = read_claims(report.with_name("claims.json"))

    def head(found: Findings) -> str:
        return render_page(found, verdicts, report.parent.parent, TEMPLATES).split('<section id="claims"')[0]

    whole = head(findings)
    assert "missing.</strong>" not in whole
    assert "No cell failed (6 as the study)" in whole
    assert '<section id="ledger"' in whole
    one = failed(findings, dataset="office")
    dirty = head(changed(one, "provenance", lambda rows: rows.assign(clean=False)))
    assert "1200 MB taken" in dirty
    banners = dirty.split('<section id="summary"')[0]
    assert "<strong>1 cell is missing.</strong>" in banners
    assert "uncommitted changes" in banners
    assert banners.count('class="banner"') == 3
