"""Claims about SpecTran's parts (Table 3)."""

import pandas as pd

from spectran.reporting.claims.chance import beyond_chance, tested
from spectran.reporting.claims.verdict import Outcome, Verdict, caution
from spectran.reporting.findings import Findings
from spectran.reporting.gains import changes
from spectran.reporting.render.numbers import percent

IDENTITY, POSITIONAL, ATTENTION = "identity_weights", "without_positional_encoding", "without_attention"


def ablations_below_full(findings: Findings) -> Verdict:
    """Each ablation is below the full SpecTran in every dataset, backbone, dimension and metric."""
    claim = (
        "ablations_below_full",
        "Each ablation is below the full SpecTran.",
        "SpecTran, section 4.3 and Table 3",
    )
    both = ablation_changes(findings)
    if both.empty:
        return Verdict(*claim, "undecided", "SpecTran and at least one of its ablations are needed.")
    lines = []
    for label, group in both.groupby("method_label", sort=False):
        below = int((group["ours"] < group["full_value"]).sum())
        change = percent(group["change_percent"].mean(), sign=True)
        lines.append(f"{label} below in {below} of {len(group)}, mean change {change}")
    outcome: Outcome = "holds" if (both["ours"] < both["full_value"]).all() else "fails"
    evidence = f"{'; '.join(lines)}.{beyond_chance(findings, 'ablation', both)}"
    return Verdict(*claim, outcome, evidence + caution(findings.study, both["change_percent"]))


def identity_costs_most(findings: Findings) -> Verdict:
    """On every backbone, ones in place of the Taylor weights have the largest mean loss of the four ablations."""
    claim = (
        "identity_costs_most",
        "Of all ablations, putting ones in place of the Taylor weights (D → I) costs most.",
        "SpecTran, section 4.3 (text)",
    )
    return _costs_most(findings, claim, IDENTITY)


def positional_costs_most(findings: Findings) -> Verdict:
    """The same of leaving the positional weights out, which is what the printed table shows."""
    claim = (
        "positional_costs_most",
        "Of all ablations, leaving the positional weights out (w/o A) costs most.",
        "SpecTran, Table 3 (its numbers; its text names D → I)",
    )
    return _costs_most(findings, claim, POSITIONAL)


def attention_matters(findings: Findings) -> Verdict:
    """SpecTran is significantly above SpecTran without phi(QK^T) in every dataset, backbone, dimension and metric.

    Significant is beyond the chance of users and seeds, or of users where there is one seed. Fails where there is no
    mean loss on a backbone, or none that is significant; undecided where some losses are significant and some not. The
    paper makes no test.
    """
    claim = (
        "attention_matters",
        "Removing the learned mixing φ(QKᵀ) costs significantly.",
        "SpecTran, section 4.3 and Table 3",
    )
    both = ablation_changes(findings)
    both = both[both["method_row"] == ATTENTION]
    tests = tested(findings, "ablation", both)
    if tests.empty:
        return Verdict(*claim, "undecided", "SpecTran with and without φ(QKᵀ), compared user by user, are needed.")
    means = both.groupby("backbone_label", sort=False)["change_percent"].mean()
    lines = [f"{backbone} {percent(change, sign=True)}" for backbone, change in means.items()]
    mark = "significant" if len(findings.study.seeds) == 1 else "significant_total"
    losses = tests[mark] & (tests["difference"] > 0)
    outcome: Outcome = "fails" if (means >= 0).any() or not losses.any() else "holds" if losses.all() else "undecided"
    evidence = f"Mean change over metrics and datasets: {'; '.join(lines)}.{beyond_chance(findings, 'ablation', both)}"
    return Verdict(*claim, outcome, evidence + caution(findings.study, means))


def ablation_changes(findings: Findings) -> pd.DataFrame:
    """What `gains.changes` gives of SpecTran's ablations, the bare backbone left out."""
    part = findings.part("ablation")
    table = changes(part.accuracy(part.score))
    return table[table["method_row"].isin(findings.printed.variants)]


def _costs_most(findings: Findings, claim: tuple[str, str, str], row: str) -> Verdict:
    both = ablation_changes(findings)
    missing = findings.printed.variants - set(both["method_row"])
    if missing:
        return Verdict(*claim, "undecided", "SpecTran and all four of its ablations are needed.")
    means = both.groupby(["backbone_label", "method_row", "method_label"], sort=False)["change_percent"].mean()
    lines, worst, gaps = [], [], []
    for backbone, group in means.reset_index().groupby("backbone_label", sort=False):
        ranked = group.sort_values("change_percent", kind="stable")
        said = [f"{cell['method_label']} {percent(cell['change_percent'], sign=True)}" for _, cell in ranked.iterrows()]
        lines.append(f"{backbone}: {', '.join(said)}")
        worst.append(ranked["method_row"].iloc[0])
        gaps.append(float(ranked["change_percent"].iloc[1] - ranked["change_percent"].iloc[0]))
    ahead = [first == row and gap > 0 for first, gap in zip(worst, gaps, strict=True)]
    evidence = f"Mean change over datasets and metrics, from the largest loss: {'; '.join(lines)}."
    # Points of the same reference, so their distance is a relative difference too.
    return Verdict(*claim, "holds" if all(ahead) else "fails", evidence + caution(findings.study, gaps))
