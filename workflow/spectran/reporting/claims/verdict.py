"""A claim, what became of it here, and the numbers that say so."""

from dataclasses import dataclass
from typing import Literal

Outcome = Literal["holds", "fails", "undecided"]


@dataclass(frozen=True)
class Verdict:
    """One claim judged on this study's means over seeds (no significance is implied)."""

    name: str
    statement: str
    """The claim, in our words."""
    source: str
    """Where it is made."""
    outcome: Outcome
    evidence: str
    """Numbers, and the threshold where there is one."""


def sample(items: list[str], limit: int = 6) -> str:
    """The first few of a list, and how many more there are."""
    more = f" and {len(items) - limit} more" if len(items) > limit else ""
    return "; ".join(items[:limit]) + more
