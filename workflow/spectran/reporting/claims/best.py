"""Claim: SpecTran beats every baseline everywhere."""

from typing import Any

import pandas as pd

from spectran.reporting.claims.verdict import Verdict, sample
from spectran.reporting.findings import Findings, metric_label
from spectran.reporting.render.numbers import fixed


def spectran_best(findings: Findings) -> Verdict:
    """In every dataset, backbone, dimension and metric, the full SpecTran is above each other row of Table 2."""
    table = findings.accuracy(findings.score)
    table = table[table["method_row"].isin(findings.printed.methods)]
    won, lost = 0, []
    for (_, _, _, metric), group in table.groupby(["dataset", "backbone", "dim", "metric"], sort=False):
        ours = group[group["method_row"] == "SpecTran"]
        rivals = group[group["method_row"] != "SpecTran"]
        if ours.empty or rivals.empty:
            continue
        best, rival = _highest(ours), _highest(rivals)
        if best["ours"] > rival["ours"]:
            won += 1
        else:
            where = f"{findings.place_of(best)} {metric_label(str(metric))}"
            lost.append(f"{where}: {fixed(best['ours'])} against {rival['method_label']} {fixed(rival['ours'])}")
    claim = ("spectran_best", "SpecTran is best in every cell of Table 2.", "SpecTran, section 4.2 and Table 2")
    if not won and not lost:
        return Verdict(*claim, "undecided", "SpecTran and at least one other method of Table 2 are needed.")
    total = won + len(lost)
    evidence = f"Best in {won} of {total} comparisons (dataset x backbone x dimension x metric)."
    if lost:
        evidence += f" Not best: {sample(lost)}."
    return Verdict(*claim, "fails" if lost else "holds", evidence)


def _highest(rows: pd.DataFrame) -> "pd.Series[Any]":
    return rows.iloc[int(rows["ours"].to_numpy().argmax())]
