"""The report's tables, a module each. `build` finds them by the names of the catalogue."""

from importlib import import_module
from typing import Protocol, cast

from spectran.reporting.catalogue.tables import TABLES
from spectran.reporting.findings import Findings
from spectran.reporting.render.table import Table
from spectran.reporting.table_failures import with_failures

#: The table of the failures themselves.
LEDGER = "failures"


class _Module(Protocol):
    def build(self, findings: Findings) -> Table: ...


def build(name: str, findings: Findings) -> Table:
    """Build the table that the catalogue knows as `name`."""
    if name not in TABLES:
        raise ValueError(f"table {name!r}: one of {', '.join(TABLES)} expected")
    table = cast("_Module", import_module(f"spectran.reporting.tables.{name}")).build(findings)
    return table if name == LEDGER else with_failures(table, findings, TABLES[name].part)
