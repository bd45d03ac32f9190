"""Claim: nothing hangs on the ranking score, which the paper leaves open."""

from spectran.reporting.claims.verdict import Verdict, sample
from spectran.reporting.findings import Findings, metric_label
from spectran.reporting.orders import orders


def score_keeps_order(findings: Findings) -> Verdict:
    """Cosine and dot product put the methods in the same order in every dataset, backbone, dimension and metric."""
    claim = (
        "score_keeps_order",
        "Ranking by cosine or by dot product does not change the order of the methods.",
        "this workflow; the paper leaves the ranking score open",
    )
    table = orders(findings.part("main"))
    if table.empty or table["pairs"].sum() == 0:
        return Verdict(*claim, "undecided", "At least two methods are needed.")
    changed = table[table["swapped"] > 0]
    evidence = f"{table['swapped'].sum()} of {table['pairs'].sum()} pairs of methods stand the other way round."
    if not changed.empty:
        where = [
            f"{row['place']} {metric_label(row['metric'])} ({row['swapped']})" for row in changed.to_dict("records")
        ]
        evidence += f" Changed: {sample(where)}."
    return Verdict(*claim, "holds" if changed.empty else "fails", evidence)
