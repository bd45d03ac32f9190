"""The details of a check as a table of the page."""

from typing import Any

import pandas as pd

from spectran.reporting.audit.check import Check
from spectran.reporting.render.numbers import NONE
from spectran.reporting.render.table import Entry, Table


def details_table(check: Check) -> Table:
    """One row a row of the details: the last key names it, the others its group; the columns are what is left."""
    columns = [column for column in map(str, check.details) if column not in check.keys]
    entries = []
    for row in check.details.to_dict("records"):
        *groups, name = (str(row[key]) for key in check.keys)
        head = (" · ".join(groups), name)
        entries += [
            Entry(head, ("", _title(column)), show(row[column], check.formats.get(column))) for column in columns
        ]
    prose = tuple(_title(column) for column in columns if not pd.api.types.is_numeric_dtype(check.details[column]))
    return Table(tuple(entries), check.details, stub=_title(check.keys[-1]), prose=prose)


def show(value: Any, form: str | None = None) -> str:
    """A value for the eye: a number by `form` (whole ones with thousands' commas, others with four digits if None)."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, str):
        return value
    if pd.isna(value):
        return NONE
    default = "," if isinstance(value, int) else ".4f"
    return format(value, form or default).replace("-", "−")


def _title(column: str) -> str:
    """Test users for test_users; a letter is a symbol and stays."""
    return column if len(column) == 1 else column.replace("_", " ").capitalize()
