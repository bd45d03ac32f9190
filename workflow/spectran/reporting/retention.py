"""Accuracy beside the low graph frequencies that are left behind the last block."""

import pandas as pd

from spectran.reporting.findings import Findings
from spectran.reporting.frames import KEYS
from spectran.reporting.frequency_cells import ALPHA, CUTOFF, FULL, WITHOUT_GRAPH, WITHOUT_TEMPORAL, compared, metric_of
from spectran.reporting.frequency_shares import retained

#: Cells of the sweeps over both filters' strength, from none to the strongest.
IN_SWEEPS = (FULL, ALPHA, CUTOFF, WITHOUT_GRAPH, WITHOUT_TEMPORAL)


def retention(findings: Findings) -> pd.DataFrame:
    """Every cell that reads with a language model, has an accuracy, and whose frequencies were looked at.

    Returns:
        The columns of `frequency_cells.compared` by the part's metric, first and last (low-frequency shares before the
        first block and behind the last) and retained_percent (last of first).
    """
    cells = compared(findings, metric_of(findings))
    table = cells[cells["model"] != ""].merge(retained(findings)[[*KEYS, "first", "last"]], on=KEYS)
    table = table.assign(retained_percent=100 * table["last"] / table["first"].where(table["first"] > 0))
    return table.dropna(subset="retained_percent").reset_index(drop=True)
