"""Check: the improvement column of Table 2."""

import pandas as pd

from spectran.reporting.audit.check import Check
from spectran.reporting.audit.labels import say
from spectran.reporting.audit.paper import FULL, PaperTables
from spectran.reporting.render.numbers import percent

#: Half of the last printed digit, in points, and room for the binary form of a decimal.
HALF_DIGIT = 0.005 + 1e-9


def gains(paper: PaperTables) -> pd.DataFrame:
    """SpecTran over the best baseline of each cell of Table 2.

    Returns:
        backbone, dataset, metric, best_baseline (several are joined by " / "), baseline, spectran, recomputed and
        printed (percent), a row a cell in printed order.
    """
    methods = paper.methods
    rivals = methods.drop(columns=FULL)
    best = rivals.max(axis=1)
    names = [" / ".join(rivals.columns[row == top]) for (_, row), top in zip(rivals.iterrows(), best, strict=True)]
    table = pd.DataFrame(
        {
            "best_baseline": names,
            "baseline": best,
            "spectran": methods[FULL],
            "recomputed": 100 * (methods[FULL] / best - 1),
        }
    ).reset_index()
    printed = paper.improvement.rename(columns={"value": "printed"})
    return table.merge(printed, on=["backbone", "dataset", "metric"], how="left", validate="one_to_one")


def improvement(paper: PaperTables) -> Check:
    """Every printed improvement is SpecTran over the best baseline of its cell, minus one."""
    table = gains(paper)
    table["agrees"] = (table["recomputed"] - table["printed"]).abs() <= HALF_DIGIT
    good, ahead = int(table["agrees"].sum()), int((table["recomputed"] > 0).sum())
    best = [f"{name} in {cells}" for name, cells in table["best_baseline"].value_counts().items()]
    low, high = table["recomputed"].min(), table["recomputed"].max()
    for column in ("backbone", "dataset", "metric"):
        table[column] = table[column].map(say)
    return Check(
        name="improvement",
        title="Improvement column of Table 2",
        done="SpecTran over the best baseline of the same cell, minus one, from the printed values. "
        "Agrees if every cell is the same to the last printed digit.",
        printed=f"{len(table)} cells, {percent(table['printed'].min(), 2)} to {percent(table['printed'].max(), 2)}",
        recomputed=f"{good} of {len(table)} the same; {percent(low, 2)} to {percent(high, 2)}",
        outcome="agrees" if table["agrees"].all() else "disagrees",
        evidence=(
            f"{good} of {len(table)} cells agree; SpecTran is ahead in {ahead}.",
            f"The best baseline, chosen cell by cell, is {', '.join(best)}.",
        ),
        details=table,
        keys=("backbone", "dataset", "metric"),
        formats={"recomputed": ".3f", "printed": ".2f"},
    )
