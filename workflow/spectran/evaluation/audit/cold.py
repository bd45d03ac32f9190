"""Check: targets and items that never occur in the train part."""

from spectran.evaluation.audit.measure import Measure, share
from spectran.evaluation.audit.splits import Splits

CHECK = "cold"


def cold(splits: Splits) -> list[Measure]:
    """Test and validation targets without a train interaction, and items without one."""
    unseen = splits.popularity == 0
    users = f"of {len(splits.test)}"
    return [
        Measure(CHECK, "test targets never in the train part", int(unseen[splits.test].sum()), "users", users),
        Measure(CHECK, "share of test targets never in the train part", share(unseen[splits.test]), "share"),
        Measure(
            CHECK, "validation targets never in the train part", int(unseen[splits.validation].sum()), "users", users
        ),
        Measure(
            CHECK, "share of validation targets never in the train part", share(unseen[splits.validation]), "share"
        ),
        Measure(CHECK, "items never in the train part", int(unseen.sum()), "items", f"of {len(unseen)}"),
    ]
