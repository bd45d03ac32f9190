"""Claims of the paper, each a small named check on our results."""

from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

from spectran.io import write_json
from spectran.reporting.claims.ablations import ablations_below_full
from spectran.reporting.claims.best import spectran_best
from spectran.reporting.claims.collapse import adapters_collapse, spectran_collapses_less
from spectran.reporting.claims.score import score_keeps_order
from spectran.reporting.claims.verdict import Verdict
from spectran.reporting.findings import Findings

#: Every claim, in the order in which the report shows them.
CLAIMS: tuple[Callable[[Findings], Verdict], ...] = (
    spectran_best,
    adapters_collapse,
    spectran_collapses_less,
    ablations_below_full,
    score_keeps_order,
)


def judge(findings: Findings) -> list[Verdict]:
    """The verdict of every claim."""
    return [claim(findings) for claim in CLAIMS]


def write_claims(path: Path, findings: Findings) -> None:
    """Write all verdicts to a JSON file."""
    write_json(path, [asdict(verdict) for verdict in judge(findings)])
