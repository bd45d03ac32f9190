"""A claim, what became of it here, and the numbers that say so."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from spectran.config.study import Study
from spectran.reporting.render.numbers import percent

Outcome = Literal["holds", "fails", "undecided"]

#: Relative differences below this, in percent, are called small: one standard error of HR@10 over all users is 2.4 to
#: 4.3 % on the paper's datasets (the audit's check of sampling noise), and that of a difference is larger.
SMALL = 5.0


@dataclass(frozen=True)
class Verdict:
    """One claim judged on this study's means over seeds; what is beyond chance, its evidence says."""

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


def listed(parts: Sequence[str]) -> str:
    """A, B and C."""
    return " and ".join(filter(None, [", ".join(parts[:-1]), *parts[-1:]]))


def caution(study: Study, differences: Iterable[float], seeds: int | None = None) -> str:
    """What evidence ends with where one seed decides on small differences; else nothing.

    Args:
        study: for the number of its seeds.
        differences: relative ones, in percent, of all comparisons.
        seeds: number of those of the cells that are compared, where it may be another.
    """
    all_of_them = list(differences)
    small = sum(abs(difference) < SMALL for difference in all_of_them)
    if (seeds or len(study.seeds)) > 1 or not small:
        return ""
    share = f"{small} of {len(all_of_them)} here are below {percent(SMALL, 0)}"
    return f" One seed: differences of a few per cent mean nothing, and {share}."
