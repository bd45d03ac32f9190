"""Check: how SpecTran's gain changes with the item dimension (Table 4)."""

import pandas as pd

from spectran.reporting.audit.check import Check
from spectran.reporting.audit.labels import say
from spectran.reporting.audit.paper import FULL, TABLE4_BACKBONE, PaperTables
from spectran.reporting.printed import PRINTED_DIM
from spectran.reporting.render.numbers import percent

#: The adapter of Table 4; its row at d = 128 is not Table 2's (see `duplicates`).
ADAPTER = "RLMRec"
AS_PRINTED = f"{ADAPTER} as printed"


def dimension_trend(paper: PaperTables) -> Check:
    """The text says that the gain grows as d falls."""
    table = pd.concat(
        [
            _gains(paper.dimensions, "AlphaFuse").assign(against="AlphaFuse"),
            _gains(paper.dimensions, ADAPTER).assign(against=AS_PRINTED),
            _gains(_with_table2_row(paper), ADAPTER).assign(
                against=f"{ADAPTER} with Table 2's row at d = {PRINTED_DIM}"
            ),
        ],
        ignore_index=True,
    )
    means = table.groupby(["against", "dim"], sort=False)["gain"].mean().reset_index()
    falling = {str(name): group["gain"].tolist() for name, group in means.groupby("against", sort=False)}
    dims = means["dim"].unique().tolist()
    told = {name: " / ".join(percent(gain) for gain in gains) for name, gains in falling.items()}
    last = (
        table[(table["dim"] == dims[-1]) & (table["against"] == AS_PRINTED)]
        .groupby("dataset", sort=False)["gain"]
        .mean()
    )
    single = table.groupby(["against", "dataset", "dim"], sort=False)["gain"].mean().reset_index()
    return Check(
        name="dimension_trend",
        title="Gain against item dimension (Table 4)",
        done="Mean relative gain of SpecTran over datasets and metrics at each d, once more with Table 2's RLMRec row "
        f"in place of the printed one at d = {PRINTED_DIM} (see the rows printed twice). Agrees if the gain grows at "
        "every step down in d over both methods.",
        printed="the gain grows as d falls",
        recomputed=f"d = {_slashed(dims)}: " + "; ".join(f"over {name} {told[name]}" for name in list(told)[:2]),
        outcome="agrees" if all(gains == sorted(gains) for gains in falling.values()) else "disagrees",
        evidence=(
            *(f"Mean gain at d = {_slashed(dims)} over {name}: {gains}." for name, gains in told.items()),
            f"At d = {dims[-1]} over {AS_PRINTED}: "
            + "; ".join(f"{say(dataset)} {percent(gain)}" for dataset, gain in last.items())
            + ".",
        ),
        details=single.assign(dataset=single["dataset"].map(say)).rename(columns={"dim": "d", "gain": "gain_percent"}),
        keys=("against", "dataset", "d"),
        formats={"gain_percent": ".1f"},
    )


def _gains(dimensions: pd.DataFrame, method: str) -> pd.DataFrame:
    """dim, dataset, metric, gain of SpecTran over a method in percent; d falls."""
    cell = ["dim", "dataset", "metric"]
    full, other = (dimensions[dimensions["method"] == name][[*cell, "value"]] for name in (FULL, method))
    both = full.merge(other, on=cell, suffixes=("", "_other"), validate="one_to_one")
    both["gain"] = 100 * (both["value"] / both["value_other"] - 1)
    return both[[*cell, "gain"]].sort_values(["dataset", "dim"], ascending=False, kind="stable")


def _with_table2_row(paper: PaperTables) -> pd.DataFrame:
    """Table 4 with Table 2's row of the adapter at d = 128."""
    table, here = paper.dimensions, paper.accuracy
    wrong = (table["dim"] == PRINTED_DIM) & (table["method"] == ADAPTER)
    true = here[(here["backbone"] == TABLE4_BACKBONE) & (here["method"] == ADAPTER)]
    true = true[true["dataset"].isin(table["dataset"])]
    return pd.concat([table[~wrong], true.assign(dim=PRINTED_DIM)[table.columns]], ignore_index=True)


def _slashed(dims: list[int]) -> str:
    return " / ".join(map(str, dims))
