"""Check: which ablation costs SpecTran most (Table 3)."""

from spectran.reporting.audit.ablation_changes import changes
from spectran.reporting.audit.check import Check
from spectran.reporting.audit.labels import listed, say
from spectran.reporting.audit.paper import PaperTables
from spectran.reporting.render.numbers import percent

CLAIMED = "identity_weights"


def worst_ablation(paper: PaperTables) -> Check:
    """The text says that ones in place of the Taylor weights cost most."""
    cells = changes(paper)
    means = cells.groupby(["backbone", "ablation"], sort=False)["change"].mean().reset_index()
    lines = []
    worst: dict[str, list[str]] = {}
    for backbone, group in means.groupby("backbone", sort=False):
        by_name = dict(zip(group["ablation"], group["change"], strict=True))
        first = min(by_name, key=by_name.__getitem__)
        worst.setdefault(say(first), []).append(say(backbone))
        lines.append(
            f"{say(backbone)}: {say(first)} costs most, {percent(by_name[first], sign=True)}; {say(CLAIMED)} "
            f"{percent(by_name[CLAIMED], sign=True)}."
        )
    table = cells.pivot_table(index=["backbone", "dataset", "metric"], columns="ablation", values="change")
    ahead = int((table[CLAIMED] < table.drop(columns=CLAIMED).min(axis=1)).sum())
    return Check(
        name="worst_ablation",
        title="Which ablation costs most (Table 3)",
        done="Mean relative change of each ablation against the full SpecTran over datasets and metrics, from the "
        "printed values. Agrees if the ablation that the text names has the largest mean loss on every backbone.",
        printed=f"largest loss: {say(CLAIMED)}",
        recomputed=f"largest mean loss: {'; '.join(f'{name} on {listed(where)}' for name, where in worst.items())}",
        outcome="agrees" if set(worst) == {say(CLAIMED)} else "disagrees",
        evidence=(
            *lines,
            f"{say(CLAIMED).capitalize()} is worse than every other ablation in {ahead} of {len(table)} cells.",
        ),
        details=means.assign(backbone=means["backbone"].map(say), ablation=means["ablation"].map(say)).rename(
            columns={"change": "mean_change_percent"}
        ),
        keys=("backbone", "ablation"),
        formats={"mean_change_percent": "+.1f"},
    )
