"""Collapse diagnostics of the item table, from initialisation to the trained state."""

from spectran.reporting.catalogue.parts import SPECTRAN
from spectran.reporting.diagnostics import diagnostics
from spectran.reporting.findings import Findings
from spectran.reporting.render.table import Table


def build(findings: Findings) -> Table:
    """One row a cell."""
    return diagnostics(findings.part(SPECTRAN), "item")
