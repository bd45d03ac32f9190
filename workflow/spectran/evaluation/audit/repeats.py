"""Check: items that a user has more than once."""

import numpy as np
from numpy.typing import NDArray

from spectran.evaluation.audit.measure import Measure, share
from spectran.evaluation.audit.splits import Splits

CHECK = "repeats"


def repeats(splits: Splits) -> list[Measure]:
    """Repeated neighbours, repeated items, and targets that the history has already."""
    items = splits.rows["item"].to_numpy()
    repeated = splits.rows.duplicated(["user", "item"]).groupby(splits.rows["user"]).any().to_numpy()
    known = _known(splits)
    return [
        Measure(
            CHECK,
            "share of neighbouring interactions with one and the same item",
            share((items[1:] == items[:-1])[splits.neighbours]),
            "share",
        ),
        Measure(CHECK, "share of users with an item more than once", share(repeated), "share"),
        Measure(
            CHECK,
            "test targets that the history has already",
            int(known.sum()),
            "users",
            "if there are none, leaving known items out of the ranking would raise every metric; they are ranked here",
        ),
        Measure(CHECK, "share of test targets that the history has already", share(known), "share"),
    ]


def _known(splits: Splits) -> NDArray[np.bool_]:
    pairs = zip(splits.histories.sequences, splits.test, strict=True)
    return np.fromiter((target in sequence for sequence, target in pairs), dtype=np.bool_, count=len(splits.test))
