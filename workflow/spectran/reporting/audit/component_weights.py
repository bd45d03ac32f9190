"""Check: principal and subordinate weights (Table 6)."""

from spectran.reporting.audit.check import Check
from spectran.reporting.audit.labels import listed, say
from spectran.reporting.audit.paper import TEXT_DIM, PaperTables
from spectran.reporting.printed import PRINTED_DIM
from spectran.reporting.render.numbers import fixed, percent

#: Two weights closer than this, in percent, are called practically equal.
CLOSE = 5.0


def component_weights(paper: PaperTables) -> Check:
    """One principal weight a direction against the sum of all r - d subordinate ones."""
    items = paper.statistics.set_index("dataset")["items"]
    table = paper.weights.copy()
    rank = table["dataset"].map(items).clip(upper=TEXT_DIM).astype(int)
    table["subordinate_components"] = rank - PRINTED_DIM
    table["subordinate_mean"] = table["subordinate"] / table["subordinate_components"]
    table["principal_over_mean"] = table["principal"] / table["subordinate_mean"]
    sums = table["principal"] < table["subordinate"]
    means = table["principal"] < table["subordinate_mean"]
    ahead = 100 * (table["subordinate"] / table["principal"] - 1)
    close = [
        f"{say(name)} {fixed(p, 2)} against {fixed(s, 2)}, {percent(gap, sign=True)}"
        for name, p, s, gap in zip(table["dataset"], table["principal"], table["subordinate"], ahead, strict=True)
        if abs(gap) < CLOSE
    ]
    table["dataset"] = table["dataset"].map(say)
    ratio = table["principal_over_mean"]
    return Check(
        name="component_weights",
        title="Principal and subordinate weights (Table 6)",
        done="The sizes of Table 6 fit one principal weight of an output dimension against the sum of its "
        f"r\u00a0−\u00a0d subordinate ones (d = {PRINTED_DIM}, r at most {TEXT_DIM:,} or the number of items). The "
        "subordinate weight is divided by their number. Agrees if the principal weight is the smaller one per "
        "component too.",
        printed=f"the principal weight is the smaller one in {int(sums.sum())} of {len(table)} datasets",
        recomputed=f"per component, the smaller one in {int(means.sum())} of {len(table)}",
        outcome="agrees" if means.all() else "disagrees",
        evidence=(
            "Mean subordinate weight of one component: "
            + "; ".join(
                f"{row['dataset']} {row['subordinate_mean']:.3f} against a principal weight of {row['principal']:.2f}"
                for row in table.to_dict("records")
            )
            + ".",
            f"Component by component a principal weight is {ratio.min():,.0f} to {ratio.max():,.0f} times as large.",
            *([f"Even as sums practically equal: {listed(close)}."] if close else []),
        ),
        details=table,
        keys=("dataset",),
        formats={
            "principal": ".2f",
            "subordinate": ".2f",
            "subordinate_mean": ".4f",
            "principal_over_mean": ",.0f",
        },
    )
