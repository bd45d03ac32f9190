"""Audit of the paper: its tables held against each other and against arithmetic, each check a small file."""

from collections.abc import Callable

from spectran.reporting.audit.adapters import adapters_below
from spectran.reporting.audit.attention_ablation import attention_ablation
from spectran.reporting.audit.average import average
from spectran.reporting.audit.check import Check
from spectran.reporting.audit.component_weights import component_weights
from spectran.reporting.audit.density import density
from spectran.reporting.audit.dimension_trend import dimension_trend
from spectran.reporting.audit.duplicates import duplicates
from spectran.reporting.audit.hit_ratios import all_users, tenth_of_users
from spectran.reporting.audit.improvement import improvement
from spectran.reporting.audit.noise import noise
from spectran.reporting.audit.paper import PaperTables
from spectran.reporting.audit.parameters import parameters
from spectran.reporting.audit.worst_ablation import worst_ablation

#: Every check of the printed numbers, in the order in which the page shows them.
CHECKS: tuple[Callable[[PaperTables], Check], ...] = (
    improvement,
    average,
    adapters_below,
    density,
    all_users,
    tenth_of_users,
    noise,
    duplicates,
    worst_ablation,
    attention_ablation,
    dimension_trend,
    parameters,
    component_weights,
)


def audit(paper: PaperTables) -> list[Check]:
    """Run every check of the printed numbers."""
    return [check(paper) for check in CHECKS]
