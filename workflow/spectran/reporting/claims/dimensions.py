"""Claims about the item dimension (Table 4)."""

import pandas as pd

from spectran.reporting.claims.chance import beyond_chance
from spectran.reporting.claims.verdict import Outcome, Verdict, caution, sample
from spectran.reporting.findings import Findings, metric_label
from spectran.reporting.gains import gains
from spectran.reporting.render.numbers import fixed, percent

#: The strongest rival of Table 4, and its one adapter.
RIVAL, ADAPTER = "AlphaFuse", "RLMRec"


def gain_grows_as_d_falls(findings: Findings) -> Verdict:
    """The mean gain over AlphaFuse grows at every step down in d; undecided if only from first to last."""
    claim = (
        "gain_grows_as_d_falls",
        f"SpecTran's gain over {RIVAL} grows as the item dimension d falls.",
        "SpecTran, Table 4 and its text",
    )
    table = _gains(findings, RIVAL).dropna(subset="gain_percent")
    means = table.groupby("dim")["gain_percent"].mean().sort_index(ascending=False)
    if len(means) == 1 or means.empty:
        return Verdict(*claim, "undecided", f"SpecTran and {RIVAL} at two dimensions or more are needed.")
    steps = means.diff().dropna()
    every, ends = bool((steps > 0).all()), bool(means.iloc[-1] > means.iloc[0])
    outcome: Outcome = "holds" if every else "undecided" if ends else "fails"
    shape = (
        "grows at every step" if every else "not at every step, but from the first to the last" if ends else "does not"
    )
    evidence = f"Mean gain: {_told(means)}; {shape}.{_chance(findings, table)}{caution(findings.study, steps)}"
    return Verdict(*claim, outcome, evidence)


def gain_over_adapter(findings: Findings) -> Verdict:
    """SpecTran is above RLMRec at every dimension, in every dataset, backbone and metric."""
    claim = (
        "gain_over_adapter",
        f"SpecTran is above an adapter ({ADAPTER}) at every item dimension.",
        "SpecTran, Table 4 and its text",
    )
    table = _gains(findings, ADAPTER)
    if table.empty:
        return Verdict(*claim, "undecided", f"SpecTran and {ADAPTER} are needed.")
    part = findings.part("dimension")
    lost = [
        f"{part.place_of(row)} {metric_label(row['metric'])}: {fixed(row['ours'])} against {fixed(row['rival_value'])}"
        for _, row in table[table["ours"] <= table["rival_value"]].iterrows()
    ]
    known = table.dropna(subset="gain_percent")
    means = known.groupby("dim")["gain_percent"].mean().sort_index(ascending=False)
    evidence = f"Above in {len(table) - len(lost)} of {len(table)} comparisons; mean gain: {_told(means)}."
    if lost:
        evidence += f" Not above: {sample(lost)}."
    evidence += _chance(findings, table) + caution(findings.study, known["gain_percent"])
    return Verdict(*claim, "fails" if lost else "holds", evidence)


def _gains(findings: Findings, rival: str) -> pd.DataFrame:
    part = findings.part("dimension")
    return gains(part.accuracy(part.score), [rival])


def _chance(findings: Findings, gained: pd.DataFrame) -> str:
    return beyond_chance(findings, "dimension", gained.assign(method=gained["rival_method"]))


def _told(means: "pd.Series[float]") -> str:
    return ", ".join(f"d = {dim} {percent(gain, sign=True)}" for dim, gain in means.items())
