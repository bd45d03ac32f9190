"""Is a printed number reproduced? Within the band that users and seeds alone may make, above it, or below it."""

import math
from collections.abc import Mapping

import pandas as pd
from scipy.special import ndtri

from spectran.reporting.findings import Findings
from spectran.reporting.frames import KEYS

REPRODUCED, ABOVE, BELOW = VERDICTS = ("reproduced", "above", "below")
#: What stands for a verdict where the cell has no result.
MISSING = "missing"
#: Parts of the study whose numbers the paper prints, by table.
TABLES: Mapping[str, str] = {"main": "Table 2", "ablation": "Table 3", "dimension": "Table 4"}
#: Columns that `with_verdicts` adds.
COLUMNS = ["se_users", "band", "verdict"]


def with_verdicts(findings: Findings, data: pd.DataFrame) -> pd.DataFrame:
    """Add se_users, band and verdict ('reproduced', 'above', 'below'; missing where there is nothing to judge).

    A number counts as reproduced where it is within `band` of the printed one:

        band = z sqrt(se_users^2 + sd_seeds^2 (1 + 1 / S)),  z of the study's confidence (1.96 at 95 %).

    Ours is the mean of S runs, with the variance sd^2 / S of seeds; the printed number is one run (the lattice of its
    hit ratios shows it), with sd^2, whose size we only know from our own runs. The users' standard error counts once:
    both are tested on users of the same reviews, and it allows for those that another preprocessing would have kept.
    With one seed sd_seeds is unknown and left out, so that the band is too narrow. Nothing is allowed for another
    encoder, library or tuning: those are what an `above` or `below` is about. An arbitrary margin (5 %, say) would be
    wider than the noise of one dataset and narrower than that of another.

    Args:
        findings: whose variance of cells is looked up.
        data: what `Findings.accuracy` gives.
    """
    errors = findings.frames.variance[[*KEYS, "metric", "se_users"]]
    merged = data.merge(errors, on=[*KEYS, "metric"], how="left", validate="many_to_one")
    seeds = merged["sd"].fillna(0.0) ** 2 * (1 + 1 / merged["seeds"])
    band = _z(findings) * (merged["se_users"] ** 2 + seeds) ** 0.5
    return merged.assign(
        band=band.where(merged["printed"].notna()),
        verdict=pd.Series(
            [_verdict(*pair) for pair in zip(merged["absolute"], band, strict=True)], index=merged.index, dtype="str"
        ),
    )


def verdict_note(findings: Findings) -> str:
    """The definition, for below a table."""
    alone = (
        " Here is one seed, so sd is unknown and left out: the band is of users only, and too narrow."
        if len(findings.study.seeds) == 1
        else ""
    )
    return (
        f"Verdict: {REPRODUCED} where ours is within z √(se² + sd² (1 + 1/S)) of the printed number, else {ABOVE} or "
        f"{BELOW} it; se is the standard error of our mean over users, sd our standard deviation over seeds, S their "
        f"number, z = {_z(findings):.2f}. Ours is the mean of S runs, the printed number one run; users count once, "
        f"for both tests are of the same reviews. The band of each number is in the CSV.{alone}"
    )


def printed_numbers(findings: Findings) -> pd.DataFrame:
    """Every printed number that belongs to a cell of these findings.

    Returns:
        One row each: the columns of `frames.cells`, metric, relative and verdict, which is 'missing' where the cell has
        no result. Synthetic data has no printed number.
    """
    cells = findings.frames.cells
    places = ["dataset_row", "backbone_row", "method_row", "dim"]
    printed = findings.printed.accuracy
    expected = cells[~cells["synthetic"]].merge(printed[printed["metric"].isin(findings.metric_names)], on=places)
    data = with_verdicts(findings, findings.accuracy(findings.score))[[*KEYS, "metric", "relative", "verdict"]]
    found = expected.merge(data, on=[*KEYS, "metric"], how="left", validate="one_to_one")
    return found.assign(verdict=found["verdict"].fillna(MISSING))


def verdict_counts(findings: Findings) -> pd.DataFrame:
    """How many printed numbers of each table, dataset and backbone are reproduced.

    Returns:
        One row each, also where the paper prints nothing: table, dataset, dataset_label, backbone, backbone_label,
        printed (how many numbers), one column a verdict, missing, mean_relative and mean_size (mean of the relative
        deviations in percent, with and without their signs; NaN where nothing is judged).
    """
    keys = ["dataset", "dataset_label", "backbone", "backbone_label"]
    rows = []
    for name, table in TABLES.items():
        part = findings.part(name)
        numbers = printed_numbers(part)
        for place in part.frames.cells[keys].drop_duplicates().to_dict("records"):
            here = numbers[(numbers["dataset"] == place["dataset"]) & (numbers["backbone"] == place["backbone"])]
            found = here["verdict"].value_counts()
            counts = [int(found.get(verdict, 0)) for verdict in (*VERDICTS, MISSING)]
            means = [here["relative"].mean(), here["relative"].abs().mean()]
            rows.append([table, *place.values(), len(here), *counts, *means])
    return pd.DataFrame(rows, columns=["table", *keys, "printed", *VERDICTS, MISSING, "mean_relative", "mean_size"])


def _z(findings: Findings) -> float:
    return float(ndtri((1 + findings.study.statistics.confidence) / 2))


def _verdict(deviation: float, band: float) -> str | None:
    if math.isnan(deviation) or math.isnan(band):
        return None
    return REPRODUCED if abs(deviation) <= band else ABOVE if deviation > 0 else BELOW
