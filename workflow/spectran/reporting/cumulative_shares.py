"""Cumulative shares of singular values, the numbers behind Figure 1."""

from typing import Literal

import pandas as pd

from spectran.reporting.diagnostics import one_table
from spectran.reporting.findings import Findings
from spectran.reporting.frames import KEYS

Values = Literal["covariance", "centred", "raw"]


def cumulative_shares(findings: Findings, table: Literal["semantic", "item"], values: Values) -> pd.DataFrame:
    """cumsum(s) / sum(s) of each trained table, then the mean over the seeds.

    Args:
        findings: the study's spectra.
        table: which table; a cell without a semantic one gives its item table (its column `table` says so).
        values: which singular values.

    Returns:
        The columns of `frames.cells`, table, index (1 ..), share; a table of zeros only gives NaN.
    """
    frame = findings.frames.spectrum
    frame = one_table(frame[frame["moment"] == "trained"], table).sort_values([*KEYS, "seed", "index"])
    by_member = frame.groupby([*KEYS, "seed"], sort=False)[values]
    frame = frame.assign(share=by_member.cumsum() / by_member.transform("sum"))
    means = frame.groupby([*KEYS, "table", "index"])["share"].mean().reset_index()
    return findings.labelled(means)
