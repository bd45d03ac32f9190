"""How many of the differences that a claim is about are more than chance."""

import pandas as pd

from spectran.reporting.findings import Findings
from spectran.reporting.frames import KEYS
from spectran.reporting.gains import FULL


def tested(findings: Findings, part: str, pairs: pd.DataFrame) -> pd.DataFrame:
    """The tests of SpecTran against other methods.

    Args:
        findings: of the whole study.
        part: whose family of comparisons is meant.
        pairs: one row a comparison: metric, and the columns of `KEYS` that name the other method's cell.

    Returns:
        Rows of `frames.comparisons`; none where the study compares with a method that is not the paper's SpecTran.
    """
    cells, compared = findings.frames.cells, findings.frames.comparisons
    full = cells.loc[cells["method_row"] == FULL, "method"].unique()
    of_part = compared[compared["part"].eq(part) & compared["reference"].isin(full)]
    return pairs[[*KEYS, "metric"]].merge(of_part, on=[*KEYS, "metric"], validate="one_to_one")


def beyond_chance(findings: Findings, part: str, pairs: pd.DataFrame) -> str:
    """A sentence for the end of the evidence; arguments as in `tested`."""
    tests = tested(findings, part, pairs)
    if tests.empty:
        return " Not tested for significance."
    alpha = findings.study.statistics.alpha
    users = f"Beyond the chance of users (Holm, p < {alpha:g}) SpecTran is {_sides(tests, 'significant')}"
    if len(findings.study.seeds) == 1:
        return f" {users}; with one seed the chance of training is not known."
    return f" {users}; beyond that of users and seeds {_sides(tests, 'significant_total')}."


def _sides(tests: pd.DataFrame, mark: str) -> str:
    ahead = int((tests[mark] & (tests["difference"] > 0)).sum())
    behind = int((tests[mark] & (tests["difference"] < 0)).sum())
    return f"ahead in {ahead} and behind in {behind} of {len(tests)}"
