"""Every check of the data, run."""

from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from spectran.config.groups import Groups
from spectran.evaluation.audit.cold import cold
from spectran.evaluation.audit.duplicate_sequences import duplicate_sequences
from spectran.evaluation.audit.measure import Measure
from spectran.evaluation.audit.near_duplicates import near_duplicates
from spectran.evaluation.audit.order import order
from spectran.evaluation.audit.overlap import overlap
from spectran.evaluation.audit.popularity import popularity
from spectran.evaluation.audit.repeats import repeats
from spectran.evaluation.audit.splits import Splits
from spectran.evaluation.audit.times import times
from spectran.evaluation.audit.titles import titles

#: Every check that the splits alone decide, in order; the popularity of targets also needs to know what the head is.
CHECKS: tuple[Callable[[Splits], list[Measure]], ...] = (
    duplicate_sequences,
    near_duplicates,
    titles,
    times,
    repeats,
    cold,
    overlap,
    order,
)


def audit(dataset: str, splits: Splits, groups: Groups) -> dict[str, Any]:
    """Run every check.

    Args:
        dataset: its name.
        splits: of all users, leave-one-out.
        groups: what the head is.

    Returns:
        dataset, and checks: a list of check, measure, value (None where it cannot be said), unit and note.
    """
    measures = [measure for check in CHECKS for measure in check(splits)] + popularity(splits, groups)
    return {"dataset": dataset, "checks": [asdict(measure) for measure in measures]}
