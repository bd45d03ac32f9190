"""Verdicts from their file."""

from pathlib import Path

from spectran.io import read_json
from spectran.reporting.claims.verdict import Verdict


def read_claims(path: Path) -> list[Verdict]:
    """Read what `write_claims` wrote."""
    return [Verdict(**record) for record in read_json(path)]
