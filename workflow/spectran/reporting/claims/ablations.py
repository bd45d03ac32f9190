"""Claim: every part of SpecTran is needed."""

from spectran.reporting.claims.verdict import Outcome, Verdict, sample
from spectran.reporting.findings import Findings
from spectran.reporting.render.numbers import percent

KEYS = ["dataset", "backbone", "dim", "metric"]


def ablations_below_full(findings: Findings) -> Verdict:
    """Each ablation is below the full SpecTran in every dataset, backbone, dimension and metric."""
    claim = (
        "ablations_below_full",
        "Each ablation is below the full SpecTran.",
        "SpecTran, section 4.3 and Table 3",
    )
    table = findings.accuracy(findings.score)
    full = table[table["method_row"] == "SpecTran"][[*KEYS, "ours"]].rename(columns={"ours": "full"})
    both = table[table["method_row"].isin(findings.printed.variants)].merge(full, on=KEYS)
    if both.empty:
        return Verdict(*claim, "undecided", "SpecTran and at least one of its ablations are needed.")
    lines = []
    for label, group in both.groupby("method_label", sort=False):
        below = int((group["ours"] < group["full"]).sum())
        change = 100 * (group["ours"] / group["full"].where(group["full"] > 0) - 1).mean()
        lines.append(f"{label} below in {below} of {len(group)}, mean change {percent(change, sign=True)}")
    outcome: Outcome = "holds" if (both["ours"] < both["full"]).all() else "fails"
    return Verdict(*claim, outcome, f"{sample(lines)}.")
