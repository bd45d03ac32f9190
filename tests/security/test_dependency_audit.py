"""The audit of dependencies fails on a known vulnerability, and says so where nobody can be asked."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from workflow_runs import ROOT

SOUND = {"name": "a", "version": "1", "vulns": []}
FLAW = {"id": "CVE-1", "fix_versions": ["3", "4"], "aliases": [], "description": ""}
WRONG = {"name": "b", "version": "2", "vulns": [FLAW]}
SKIPPED = {"name": "c", "skip_reason": "Dependency not found"}


@pytest.mark.parametrize(
    ("packages", "status", "lines"),
    [
        ([SOUND, SKIPPED], 0, ["audit: 1 of 2 packages looked up, 0 known vulnerabilities"]),
        (
            [SOUND, WRONG],
            1,
            ["audit: b 2 has CVE-1, mended in 3, 4", "audit: 2 of 2 packages looked up, 1 known vulnerabilities"],
        ),
        (
            [SKIPPED, SKIPPED],
            0,
            ["audit: not done, for the service of known vulnerabilities knows none of 2 packages"],
        ),
        (
            None,
            0,
            ["audit: not done, for the service of known vulnerabilities cannot be asked (requests.ConnectionError)"],
        ),
    ],
    ids=["sound", "vulnerable", "unknown", "no network"],
)
def test_what_it_says_and_its_status(tmp_path: Path, packages: list | None, status: int, lines: list[str]):
    """With a stand-in for pip-audit, which needs a network."""
    said = "raise SystemExit('requests.ConnectionError: host and port')"
    if packages is not None:
        said = f"print({json.dumps({'dependencies': packages, 'fixes': []})!r})"
    (tmp_path / "pip_audit.py").write_text(said)
    run = subprocess.run(
        [sys.executable, ROOT / ".ci/audit.py"],
        env=os.environ | {"PYTHONPATH": str(tmp_path)},
        check=False,
        capture_output=True,
        text=True,
    )
    assert (run.returncode, run.stdout.splitlines(), run.stderr) == (status, lines, "")
