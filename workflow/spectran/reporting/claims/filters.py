"""Claims of FreLLM4Rec about accuracy: what its two filters are worth, alone and together."""

import pandas as pd

from spectran.reporting.claims.verdict import Outcome, Verdict, caution, sample
from spectran.reporting.findings import Findings, metric_label
from spectran.reporting.frequency_cells import (
    VANILLA,
    WITHOUT_GRAPH,
    WITHOUT_TEMPORAL,
    compared,
    metric_of,
)
from spectran.reporting.render.numbers import percent

#: Largest gain over the language model without filters that the paper reports, in percent of NDCG@10.
GAIN = 8.0
ABLATIONS = {WITHOUT_GRAPH: "without G-LPF", WITHOUT_TEMPORAL: "without TFM"}


def both_filters_contribute(findings: Findings) -> Verdict:
    """FreLLM4Rec is above itself without either filter, on every dataset and language model.

    Holds where every lead is beyond the chance of users, fails where FreLLM4Rec is behind beyond it anywhere (both
    after Holm's correction); what is within chance decides nothing.
    """
    claim = (
        "both_filters_contribute",
        "Both filters contribute: leaving out G-LPF, or TFM, costs accuracy.",
        "FreLLM4Rec, its ablation",
    )
    metric = metric_of(findings)
    table = _against(findings, *ABLATIONS)
    if set(table["role"]) != set(ABLATIONS):
        return Verdict(*claim, "undecided", "FreLLM4Rec, and FreLLM4Rec without either filter, are needed.")
    lines = [
        f"{row['place']} {ABLATIONS[row['role']]} {percent(row['change_percent'], sign=True)}"
        f"{'' if row['significant'] else ' (within chance)'}"
        for row in table.to_dict("records")
    ]
    behind = table["significant"] & (table["change_percent"] > 0)
    ahead = table["significant"] & (table["change_percent"] < 0)
    outcome: Outcome = "fails" if behind.any() else "holds" if ahead.all() else "undecided"
    evidence = f"{metric_label(metric)} against FreLLM4Rec with both: {sample(lines)}.{_chance(findings)}"
    return Verdict(*claim, outcome, evidence + _caution(findings, table["change_percent"], table))


def gain_over_language_model(findings: Findings) -> Verdict:
    """The largest gain over the vanilla language model may be `GAIN` percent, and is not nothing.

    Holds where the interval over users of the largest gain of all datasets is above 0 and reaches `GAIN` or lies above
    it, fails where it ends below, undecided where it holds both.
    """
    claim = (
        "gain_over_language_model",
        f"FreLLM4Rec is up to {percent(GAIN, 0)} above the language model without filters in NDCG@10.",
        "FreLLM4Rec, its abstract and main table",
    )
    metric = metric_of(findings)
    table = _against(findings, VANILLA)
    # As the paper has it: the gain in percent of the language model without filters.
    own = table["ours"].where(table["ours"] > 0)
    ends = {"gain": "change_percent", "low": "high_percent", "high": "low_percent"}
    gains = {name: -table[end] * table["reference"] / own for name, end in ends.items()}
    table = table.assign(**gains).dropna(subset=list(ends))
    if table.empty:
        return Verdict(
            *claim,
            "undecided",
            "FreLLM4Rec, and the same pre-trained language model without either filter, are needed.",
        )
    lines = [
        f"{row['place']} {percent(row['gain'], sign=True)} (interval over users {percent(row['low'], sign=True)} to "
        f"{percent(row['high'], sign=True)})"
        for row in table.to_dict("records")
    ]
    largest = table.sort_values("gain", kind="stable").iloc[-1]
    outcome: Outcome = "fails" if largest["high"] < GAIN else "holds" if largest["low"] > 0 else "undecided"
    evidence = (
        f"Gain in {metric_label(metric)} by full ranking: {sample(lines)}. The largest counts: the claim holds where "
        f"its interval is above 0 and does not end below {percent(GAIN, 0)}, fails where it ends below that. The paper "
        "measures among sampled negatives."
    )
    return Verdict(*claim, outcome, evidence + _caution(findings, table["gain"], table))


def _against(findings: Findings, *roles: str) -> pd.DataFrame:
    """Cells of these roles that were compared with FreLLM4Rec."""
    table = compared(findings, metric_of(findings))
    return table[table["role"].isin(roles)].dropna(subset="change_percent")


def _chance(findings: Findings) -> str:
    return (
        f" Within chance: of users, paired t test, p of at least {findings.study.statistics.alpha:g} after Holm's "
        "correction over all cells of the part."
    )


def _caution(findings: Findings, changes: "pd.Series[float]", table: pd.DataFrame) -> str:
    return caution(findings.study, changes, seeds=int(table["seeds"].min()))
