"""Check: interactions of one time, whose order nobody knows (Woolridge et al., PERSPECTIVES 2021)."""

import numpy as np

from spectran.evaluation.audit.measure import Measure, share
from spectran.evaluation.audit.splits import Splits

CHECK = "times"

#: From this share of neighbours exactly one unit apart on, times are taken for places in the user's sequence.
PLACES = 0.9
NO_TIMES = "cannot be said: the time stamps are places in the user's sequence, not times"


def times(splits: Splits) -> list[Measure]:
    """Equal times of neighbours, of a target and the item before it, and of whole sequences."""
    later = np.diff(splits.rows["time"].to_numpy())[splits.neighbours] != 0
    whole = splits.rows.groupby("user")["time"].agg(["min", "max"])
    shares = {
        "share of neighbouring interactions with one and the same time": ~later,
        "share of test targets with the time of the item before": splits.times[2] == splits.times[1],
        "share of validation targets with the time of the item before": ~splits.validation_is_later,
        "share of users all of whose interactions have one time": (whole["min"] == whole["max"]).to_numpy(),
    }
    known = not are_places(splits)
    return [
        Measure(
            CHECK,
            "share of neighbouring interactions exactly one unit of time apart",
            place_share(splits),
            "share",
            f"from {PLACES} on, time stamps are taken for places in the user's sequence",
        ),
        *(
            Measure(CHECK, name, share(mask) if known else None, "share", "" if known else NO_TIMES)
            for name, mask in shares.items()
        ),
    ]


def place_share(splits: Splits) -> float | None:
    """Share of neighbouring interactions of a user whose times differ by exactly 1."""
    return share(np.diff(splits.rows["time"].to_numpy())[splits.neighbours] == 1)


def are_places(splits: Splits) -> bool:
    """Whether time stamps only count a user's interactions (filters may have left gaps), so that they are no times."""
    return (place_share(splits) or 0.0) >= PLACES
