"""Findings of a made-up study, and its report."""

from pathlib import Path

import pytest

from reporting.made import make_findings, make_report
from reporting.tree import study
from spectran.reporting.findings import Findings


@pytest.fixture(scope="session")
def findings(tmp_path_factory: pytest.TempPathFactory) -> Findings:
    return make_findings(study(), tmp_path_factory.mktemp("findings"))


@pytest.fixture(scope="session")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """index.html of a report with all its files."""
    folder = tmp_path_factory.mktemp("report")
    return make_report(make_findings(study(), folder), folder / "results")
