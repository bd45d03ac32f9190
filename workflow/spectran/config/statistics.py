"""How results are compared: reference method, confidence, and the sizes of tests and resamples."""

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import Field

from spectran.config.base import NonNegativeInt, PositiveInt, Section, Slug

Share = Annotated[float, Field(gt=0, lt=1)]

#: Name in the printed tables of the method that the paper is about.
REFERENCE_ROW = "SpecTran"


class Statistics(Section):
    """Comparisons from stored ranks alone: another choice trains and ranks nothing again.

    The family of a test is all comparisons of one part and one metric.
    """

    reference: Slug | None = None
    """Method that all others are compared with; null takes the first whose `row` is SpecTran (none, no comparison)."""
    confidence: Share = 0.95
    """Probability with which an interval holds the true value."""
    alpha: Share = 0.05
    """Chance of any false mark in a family (all comparisons of one part and metric), kept by Holm's procedure."""
    resamples: PositiveInt = 10_000
    """Resamples of every bootstrap, and sign flips of every randomisation test."""
    seed: NonNegativeInt = 0
    """Seed of those draws."""


def reference_method(statistics: Statistics, methods: Mapping[str, Any]) -> str | None:
    """Name of the method that all others are compared with, or None where the study has no such method.

    Args:
        statistics: what the study says.
        methods: the study's methods by name.
    """
    named = [name for name, method in methods.items() if method.row == REFERENCE_ROW]
    return statistics.reference or next(iter(named), None)
