"""The last word of a run: complete, or which cells are missing."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from spectran.config.cells import expand, variant_cells
from spectran.config.control_cells import expand_controls
from spectran.io import write_json
from spectran.reporting.failures import ledger
from spectran.reporting.findings import Findings
from spectran.reporting.frames import KEYS

#: Failed cells that the message names.
MOST_NAMED = 10


class IncompleteError(ValueError):
    """Some cell has no result."""


def write_complete(path: Path, findings: Findings, page: Path) -> None:
    """Write {"cells": n, "failed": 0}, n counting the untrained controls too, if nothing failed.

    Args:
        path: where the record goes.
        findings: of the study.
        page: the report, which shows what failed.

    Raises:
        IncompleteError: naming up to ten cells that have no result, with their reasons, and the report.
    """
    study = findings.study
    asked_for = [*expand(study), *variant_cells(study), *expand_controls(study)]
    rows = ledger(findings)
    failed = rows.drop_duplicates([*KEYS, "variant"]).to_dict("records")
    if not failed:
        write_json(path, {"cells": len(asked_for), "failed": 0})
        return
    more = [f"  and {len(failed) - MOST_NAMED} more"] if len(failed) > MOST_NAMED else []
    head = (
        f"{len(failed)} of {len(asked_for)} cells failed. All else is done, and {page} shows what is missing; start "
        "again to try them again:"
    )
    raise IncompleteError("\n".join([head, *map(_line, failed[:MOST_NAMED]), *more]))


def _line(row: Mapping[Any, Any]) -> str:
    return f"  {row['place']} · {row['method_label']}: {row['kind'] or 'missing'}: {row['reason']}"
