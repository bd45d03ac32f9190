"""The frame of what failed: every recorded failure of a cell or an untrained control."""

from pathlib import Path

import pandas as pd

from spectran.config.cells import expand, variant_cells
from spectran.config.control_cells import expand_controls
from spectran.config.study import Study
from spectran.reporting.frames import KEY_TYPES, KEYS
from spectran.supervision.ledger import read_failures

FAILURES = KEY_TYPES | dict.fromkeys(["variant", "rule", "kind", "reason"], str)


def failure_frame(study: Study, results: Path) -> pd.DataFrame:
    """One row a failed job, cells in the order of the study; a control stands as a method, backbone "" and d 0.

    Args:
        study: names the cells.
        results: the study's results folder.

    Raises:
        ValueError: naming a record that cannot be read.
    """
    cells = [([getattr(cell, key) for key in [*KEYS, "variant"]], cell.path) for cell in expand(study)]
    cells += [([getattr(cell, key) for key in [*KEYS, "variant"]], cell.path) for cell in variant_cells(study)]
    cells += [([c.dataset, c.encoder, "", c.control, 0, ""], c.path) for c in expand_controls(study)]
    rows = [
        (*names, record.rule, record.kind, record.reason)
        for names, path in cells
        for record in read_failures(results / path)
    ]
    # Typed, for where nothing failed there are no rows that would tell.
    return pd.DataFrame(rows, columns=list(FAILURES)).astype(FAILURES)
