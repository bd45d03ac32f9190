"""Claim: adapters can be worse than no text at all."""

from spectran.reporting.adapters import ADAPTERS
from spectran.reporting.claims.verdict import Verdict, caution, sample
from spectran.reporting.findings import Findings, metric_label
from spectran.reporting.gains import PLACE
from spectran.reporting.render.numbers import percent


def adapters_below_backbone(findings: Findings) -> Verdict:
    """Some adapter is below the bare backbone in some dataset, backbone, dimension and metric."""
    claim = (
        "adapters_below_backbone",
        "Some adapters fall below the bare backbone.",
        "SpecTran, section 4.2 and Table 2",
    )
    main = findings.part("main")
    table = main.accuracy(main.score)
    alone = table[table["method_row"] == "Base"][[*PLACE, "ours"]].rename(columns={"ours": "alone"})
    both = table[table["method_row"].isin(ADAPTERS)].merge(alone, on=PLACE, validate="many_to_one")
    if both.empty:
        return Verdict(*claim, "undecided", "Base and at least one adapter are needed.")
    both["change"] = 100 * (both["ours"] / both["alone"].where(both["alone"] > 0) - 1)
    counts = [
        f"{label} in {int((group['ours'] < group['alone']).sum())} of {len(group)} "
        f"(mean change {percent(group['change'].mean(), sign=True)})"
        for label, group in both.groupby("method_label", sort=False)
    ]
    below = both[both["ours"] < both["alone"]].sort_values("change", kind="stable")
    evidence = f"Below Base: {'; '.join(counts)}."
    if not below.empty:
        worst = [
            f"{row['method_label']} on {main.place_of(row)} {metric_label(row['metric'])} "
            f"{percent(row['change'], sign=True)}"
            for _, row in below.iterrows()
        ]
        evidence += f" Furthest below: {sample(worst, 3)}."
    return Verdict(*claim, "fails" if below.empty else "holds", evidence + caution(findings.study, both["change"]))
