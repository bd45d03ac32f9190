"""What other readings of the protocol do to the numbers and to the order of the methods."""

from itertools import combinations

import numpy as np
import pandas as pd
from scipy.stats import kendalltau

from spectran.reporting.findings import Findings
from spectran.reporting.frames import KEYS

#: Columns that name a place: where methods compete.
PLACE = ["dataset", "backbone", "dim"]
#: Name of the row that ranks the study's own members by the score that it does not use; no variant can be called so.
OTHER_SCORE = "(other score)"


def values(part: Findings) -> pd.DataFrame:
    """The main metric of every cell of the part as the study has it, under each variant, and by the other score.

    Returns:
        The columns of `frames.cells`, place, variant ("" as the study), variant_label, ours (mean over the seeds), sd
        (NaN with one), seeds, as_study (what the same method has there as the study; NaN if that is missing) and
        change_percent (NaN where it is 0).
    """
    frame = part.frames.sensitivity
    frame = frame[frame["metric"] == part.main_metric]
    own, other = frame[frame["score"] == part.score], frame[(frame["score"] != part.score) & (frame["variant"] == "")]
    label = f"ranked by {'dot product' if part.other_score == 'dot' else 'cosine'}"
    other = other.assign(variant=OTHER_SCORE, variant_label=label)
    rows = pd.concat([own, other], ignore_index=True)
    order = {name: number for number, name in enumerate(rows["variant"].unique())}
    means = rows.groupby([*KEYS, "variant", "variant_label"], as_index=False, sort=False).agg(
        ours=("value", "mean"), sd=("value", "std"), seeds=("value", "count")
    )
    means = means.sort_values("variant", key=lambda column: column.map(order), kind="stable")
    study = means.loc[means["variant"] == "", [*KEYS, "ours"]].rename(columns={"ours": "as_study"})
    table = part.placed(part.labelled(means.merge(study, on=KEYS, how="left", validate="many_to_one")))
    base = table["as_study"].where(table["as_study"] > 0)
    return table.assign(change_percent=100 * (table["ours"] / base - 1))


def orders(table: pd.DataFrame, reference: str | None) -> pd.DataFrame:
    """The order of the methods under each variant beside that of the study.

    Args:
        table: what `values` gives.
        reference: the method whose rank is told; None for none.

    Returns:
        One row a place and variant: `PLACE`, place, variant, variant_label, methods (that have a number), rank (of the
        reference among them, 1 for the best, equals share the better one; NaN without it), pairs (of methods that have
        a number both here and as the study), swapped (pairs that stand strictly the other way round) and tau (Kendall's
        tau-b of the two orders; NaN of fewer than two methods, or where all are equal).
    """
    rows = []
    for (*place, variant), here in table.groupby([*PLACE, "variant"], sort=False):
        both = here[here["as_study"].notna()]
        now, before = both["ours"].to_numpy(), both["as_study"].to_numpy()
        pairs = list(combinations(range(len(both)), 2))
        ranks = here["ours"].rank(ascending=False, method="min")
        rows.append(
            dict(zip(PLACE, place, strict=True))
            | {
                "place": here["place"].iloc[0],
                "variant": variant,
                "variant_label": here["variant_label"].iloc[0],
                "methods": len(here),
                "rank": ranks[here["method"] == reference].min(),
                "pairs": len(pairs),
                "swapped": sum((now[a] - now[b]) * (before[a] - before[b]) < 0 for a, b in pairs),
                "tau": float(kendalltau(now, before).statistic) if _differ(now) and _differ(before) else float("nan"),
            }
        )
    names = [*PLACE, "place", "variant", "variant_label", "methods", "rank", "pairs", "swapped", "tau"]
    return pd.DataFrame(rows, columns=names)


def largest_changes(table: pd.DataFrame) -> pd.DataFrame:
    """What a variant can do beside what the method can do, in the metric's own unit.

    Returns:
        One row a place: place, by_variant (largest change of one method between the study and a variant, without its
        sign), method_label and variant_label (of that change), change_percent, by_method (the best less the worst
        method as the study), best and worst (their labels). Places without a variant, or with one method, are left out.
    """
    rows = []
    for place, here in table.groupby("place", sort=False):
        own = here[here["variant"] == ""].sort_values("ours", ascending=False, kind="stable")
        changed = here[here["variant"] != ""]
        size = (changed["ours"] - changed["as_study"]).abs()
        if len(own) < 2 or size.notna().sum() == 0:
            continue
        widest = changed.iloc[int(np.nanargmax(size))]
        rows.append(
            {
                "place": place,
                "by_variant": size.max(),
                **{name: widest[name] for name in ("method_label", "variant_label", "change_percent")},
                "by_method": own["ours"].iloc[0] - own["ours"].iloc[-1],
                "best": own["method_label"].iloc[0],
                "worst": own["method_label"].iloc[-1],
            }
        )
    return pd.DataFrame(rows)


def _differ(values: np.ndarray) -> bool:
    return len(np.unique(values)) > 1
