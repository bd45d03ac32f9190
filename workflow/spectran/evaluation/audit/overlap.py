"""Check: how much of the train part is later than a test target, the leak of leave-one-out splits.

Leave-one-out cuts every user at his own time, so that a model is trained on what others did after the target's time (Ji
et al., "A critical study on data leakage in recommender system offline evaluation", TOIS 2023). It is measured here,
not removed: the paper's protocol has it.
"""

import numpy as np

from spectran.evaluation.audit.measure import Measure, share
from spectran.evaluation.audit.splits import Splits
from spectran.evaluation.audit.times import NO_TIMES, are_places

CHECK = "overlap"


def overlap(splits: Splits) -> list[Measure]:
    """Shares of test targets with a later train interaction, and of the train part that is later.

    A user's own train interactions are never later than his target, so all that is later is of others.
    """
    train, _, test = splits.times
    ordered = np.sort(train)
    later = len(ordered) - np.searchsorted(ordered, test, side="right")
    last = np.full(splits.train.n_items, np.iinfo(np.int64).min)
    np.maximum.at(last, np.concatenate(splits.train.sequences), train)
    known = not are_places(splits)
    measures = {
        "share of test targets whose item others have later in the train part": share(last[splits.test] > test),
        "share of test targets with anything later in the train part": share(later > 0),
        "mean share of the train part that is later than a test target": float(later.mean() / len(ordered)),
    }
    ends = {
        "first time of the train part": ordered[0],
        "last time of the train part": ordered[-1],
        "first time of a test target": test.min(),
        "last time of a test target": test.max(),
    }
    note = "" if known else NO_TIMES
    return [
        *(Measure(CHECK, name, value if known else None, "share", note) for name, value in measures.items()),
        *(Measure(CHECK, name, int(value) if known else None, "time", note) for name, value in ends.items()),
    ]
