"""Check: the average improvement that the paper's text gives."""

import pandas as pd

from spectran.reporting.audit.check import Check
from spectran.reporting.audit.improvement import HALF_DIGIT, gains
from spectran.reporting.audit.labels import say
from spectran.reporting.audit.paper import FULL, PaperTables
from spectran.reporting.render.numbers import percent

#: Percent, as the paper's text gives it.
PRINTED_AVERAGE = 9.17


def average(paper: PaperTables) -> Check:
    """The plain mean of the 48 printed cells, and what other averages would have given."""
    table = gains(paper)
    methods = paper.methods
    mean = float(table["printed"].mean())
    rows = [
        ("All cells", "plain mean of the printed cells", mean),
        ("All cells", "plain mean of the recomputed cells", table["recomputed"].mean()),
        ("All cells", "median of the printed cells", table["printed"].median()),
        ("All cells", "ratio of the sums", 100 * (table["spectran"].sum() / table["baseline"].sum() - 1)),
        ("All cells", "mean gain over AlphaFuse alone", 100 * (methods[FULL] / methods["AlphaFuse"] - 1).mean()),
    ]
    for by in ("backbone", "dataset", "metric"):
        means = table.groupby(by, sort=False)["printed"].mean()
        rows += [(f"By {by}", say(name), value) for name, value in means.items()]
    agrees = abs(mean - PRINTED_AVERAGE) <= HALF_DIGIT
    others = {name: value for _, name, value in rows[2:5]}
    return Check(
        name="average",
        title="Average improvement",
        done="Plain mean of Table 2's printed improvements, and other averages that could have been meant. "
        "Agrees if the plain mean is the printed number to its last digit.",
        printed=percent(PRINTED_AVERAGE, 2),
        recomputed=percent(mean, 4),
        outcome="agrees" if agrees else "disagrees",
        evidence=(
            f"The plain mean of all {len(table)} cells is {percent(mean, 4)}.",
            f"Other averages: {', '.join(f'{name} {percent(value, 2)}' for name, value in others.items())}.",
        ),
        details=pd.DataFrame(rows, columns=["group", "average", "percent"]),
        keys=("group", "average"),
        formats={"percent": ".2f"},
    )
