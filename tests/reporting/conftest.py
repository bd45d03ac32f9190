"""Findings of a made-up study, and its report."""

from pathlib import Path

import pytest

from reporting.made import make_findings, make_report
from reporting.tree import study, whole_study
from spectran.reporting.findings import Findings


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where `findings` and `report` lie, and below `whole` those of a study with every part."""
    return tmp_path_factory.mktemp("report")


@pytest.fixture(scope="session")
def findings(folder: Path) -> Findings:
    """Findings of a study with the part main alone."""
    return make_findings(study(), folder)


@pytest.fixture(scope="session")
def report(findings: Findings, folder: Path) -> Path:
    """index.html of its report, with all its files."""
    return make_report(findings, folder / "results")


@pytest.fixture(scope="session")
def whole(folder: Path) -> Findings:
    """Findings of a study with every part, and untrained controls."""
    return make_findings(whole_study(), folder / "whole")


@pytest.fixture(scope="session")
def whole_report(whole: Findings, folder: Path) -> Path:
    """index.html of its report, with all its files."""
    return make_report(whole, folder / "whole" / "results")
