"""Collapse diagnostics of the semantic table, from initialisation to the trained state."""

from dataclasses import replace

from spectran.reporting.catalogue.parts import SPECTRAN
from spectran.reporting.diagnostics import definitions, diagnostics
from spectran.reporting.findings import Findings
from spectran.reporting.render.table import Table


def build(findings: Findings) -> Table:
    """One row a cell; the item table stands in where a method has no semantic one."""
    return replace(diagnostics(findings.part(SPECTRAN), "semantic"), notes=definitions())
