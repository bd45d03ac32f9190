"""Which differences from the reference method are more than chance: marks beside numbers, and what they mean."""

import pandas as pd

from spectran.reporting.findings import Findings
from spectran.reporting.frames import KEYS

#: Marks: beyond the chance of users; and beyond that of users and seeds together.
USERS, TOTAL = "†", "‡"
#: What a table's tidy form says of each number.
COLUMNS = ["p_holm", "significant", "p_total_holm", "significant_total"]


def comparisons_of(part: Findings, name: str) -> pd.DataFrame:
    """Rows of `frames.comparisons` whose family is a part of the study, in the order of the study.

    Args:
        part: findings of that part.
        name: of the part; a cell of several parts is compared in each, in another family.

    Returns:
        The columns of `frames.cells` (of the other method's cell) and of `frames.comparisons`, and reference_label.
    """
    found = part.frames.comparisons
    table = part.labelled(part.by_metric(found[found["part"] == name]))
    labels = part.frames.cells.drop_duplicates("method").set_index("method")["method_label"]
    return table.assign(reference_label=table["reference"].map(labels))


def with_significance(part: Findings, name: str, data: pd.DataFrame) -> pd.DataFrame:
    """Add `COLUMNS` (missing where nothing was compared: the reference itself) and sign, the mark of each number.

    Args:
        part: findings of a part of the study.
        name: of the part.
        data: what `part.accuracy` gives.
    """
    found = comparisons_of(part, name)[[*KEYS, "metric", *COLUMNS]]
    found = found.astype({"significant": "boolean", "significant_total": "boolean"})
    merged = data.merge(found, on=[*KEYS, "metric"], how="left", validate="one_to_one")
    merged.index = data.index
    users = merged["significant"].fillna(value=False).to_numpy(dtype=bool)
    total = merged["significant_total"].fillna(value=False).to_numpy(dtype=bool)
    return merged.assign(sign=[sign(*both) for both in zip(users, total, strict=True)])


def sign(users: bool, total: bool) -> str:
    """The mark: of users and seeds where both tests say so, of users where only theirs does, else none."""
    return TOTAL if users and total else USERS if users else ""


def family_size(compared: pd.DataFrame) -> int:
    """How many tests Holm's correction is over: those of one metric that could be made."""
    return int(compared.groupby("metric")["p_t"].count().max()) if len(compared) else 0


def significance_note(part: Findings, name: str) -> str:
    """What the marks of a table mean, which test made them, and over which family."""
    compared = comparisons_of(part, name)
    if compared.empty:
        return (
            f"No {USERS} or {TOTAL}: they mark where the method that all others are compared with differs from a "
            "number beyond chance, and here there is no such pair."
        )
    label, alpha = compared["reference_label"].iloc[0], part.study.statistics.alpha
    return (
        f"{USERS}: {label} differs from this number by more than the chance of users, p < {alpha:g} in a paired t test "
        "over users (each user's mean over seeds), after Holm's correction over the family, which is all "
        f"{family_size(compared)} comparisons of this part of the study by this metric. {TOTAL}: by more than the "
        f"chance of users and seeds together as well, corrected likewise. The numbers tell which of the two is ahead."
        f"{one_seed(part)}"
    )


def one_seed(part: Findings) -> str:
    """What a study of one seed cannot say, in a sentence; nothing with more."""
    if len(part.study.seeds) > 1:
        return ""
    return f" With one seed {TOTAL} cannot be given: nothing tells how far another training would have come out."
