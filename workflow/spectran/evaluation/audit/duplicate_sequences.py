"""Check: users with the same whole sequence."""

from collections import Counter

from spectran.evaluation.audit.measure import Measure
from spectran.evaluation.audit.splits import Splits

CHECK = "duplicate-sequences"


def duplicate_sequences(splits: Splits) -> list[Measure]:
    """Users whose items are another user's in the same order, the test target included."""
    counts = Counter(sequence.tobytes() for sequence in splits.whole.sequences)
    several = [users for users in counts.values() if users > 1]
    users = len(splits.test)
    return [
        Measure(CHECK, "users whose whole sequence another user has", sum(several), "users", f"of {users} users"),
        Measure(CHECK, "share of users whose whole sequence another user has", sum(several) / users, "share"),
        Measure(CHECK, "most users with one sequence", max(counts.values()), "users", "1 if all sequences differ"),
    ]
