"""Check: what Table 3 says the learned mixing is worth."""

from spectran.reporting.audit.ablation_changes import changes
from spectran.reporting.audit.check import Check, Outcome
from spectran.reporting.audit.labels import listed, say
from spectran.reporting.audit.noise import METRIC
from spectran.reporting.audit.paper import PaperTables
from spectran.reporting.render.numbers import percent
from spectran.reporting.sampling import relative_error

REMOVED = "without_attention"
#: Losses up to so many standard errors are called small.
ERRORS = 2


def attention_ablation(paper: PaperTables) -> Check:
    """The text calls the loss without phi(QK^T) significant; no test is printed."""
    cells = changes(paper)
    cells = cells[cells["ablation"] == REMOVED].assign(
        backbone=cells["backbone"].map(say), users=cells["dataset"].map(paper.users), dataset=cells["dataset"].map(say)
    )
    errors = cells[cells["metric"] == METRIC]
    errors = errors.assign(error=relative_error(errors["full"], errors["users"]))[["backbone", "dataset", "error"]]
    means = cells.groupby(["backbone", "dataset"], sort=False)["change"].agg(["mean", "min", "max"]).reset_index()
    table = means.merge(errors, on=["backbone", "dataset"], validate="one_to_one")
    summary = table.groupby("backbone", sort=False).agg({"mean": "mean", "min": "min", "max": "max", "error": "mean"})
    rows = summary.reset_index().to_dict("records")
    small = [row["backbone"] for row in rows if -row["mean"] <= ERRORS * row["error"]]
    outcome: Outcome = "cannot be said" if small else "agrees"
    if any(row["mean"] >= 0 for row in rows):
        outcome = "disagrees"
    lines = [
        f"{row['backbone']}: mean change {percent(row['mean'], sign=True)}, in single cells "
        f"{percent(row['min'], sign=True)} to {percent(row['max'], sign=True)}; one relative standard error of HR@10 "
        f"is {percent(row['error'])} on average."
        for row in rows
    ]
    if small:
        lines.append(
            f"On {listed(small)} the loss is no larger than two such errors. Both models rank the same users, so their "
            "difference has a smaller error, which the paper does not give."
        )
    return Check(
        name="attention_ablation",
        title="What the learned mixing is worth (Table 3)",
        done="Mean relative change without φ(QKᵀ) over metrics, beside the relative standard error of the full "
        "model's HR@10 with all users as test cases. Agrees if the mean loss exceeds two errors on every backbone, "
        "disagrees if there is no loss on one.",
        printed="a significant decline without φ(QKᵀ)",
        recomputed="; ".join(f"{row['backbone']} {percent(row['mean'], sign=True)}" for row in rows),
        outcome=outcome,
        evidence=tuple(lines),
        details=table.rename(
            columns={
                "mean": "mean_change_percent",
                "min": "lowest_change",
                "max": "highest_change",
                "error": "standard_error_percent",
            }
        ),
        keys=("backbone", "dataset"),
        formats={
            "mean_change_percent": "+.1f",
            "lowest_change": "+.1f",
            "highest_change": "+.1f",
            "standard_error_percent": ".1f",
        },
    )
