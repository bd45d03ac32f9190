"""Check: users with nearly the same items, by the Jaccard similarity of their item sets.

All pairs are found, none is sampled: two sets with a similarity of at least t share an item among the first
|x| - ceil(t |x|) + 1 of each, whatever fixed order all sets are put in (prefix filter: Chaudhuri et al., ICDE 2006;
Bayardo et al., WWW 2007). With rare items first few pairs are left to be looked at.
"""

import numpy as np
from scipy import sparse

from spectran.data.incidence import Sparse, incidence_of
from spectran.data.sequences import Ids, Sequences
from spectran.evaluation.audit.measure import Measure
from spectran.evaluation.audit.splits import Splits

CHECK = "near-duplicate-sequences"

#: Two users are near duplicates from this similarity on, in percent (whole numbers are compared exactly).
PERCENT = 80


def near_duplicates(splits: Splits) -> list[Measure]:
    """Pairs of users with nearly the same items, and what such a pair tells of test targets."""
    one, other = similar_pairs(splits.whole, PERCENT)
    users = np.unique(np.concatenate([one, other]))
    trained = splits.train.sequences
    both_ways = zip(np.concatenate([one, other]), np.concatenate([other, one]), strict=True)
    told = {user for user, partner in both_ways if splits.test[user] in trained[partner]}
    note = f"Jaccard similarity of the item sets of whole sequences at least {PERCENT / 100}; all pairs are looked at"
    return [
        Measure(CHECK, "pairs of users with nearly the same items", len(one), "pairs", note),
        Measure(CHECK, "users with nearly the same items as another", len(users), "users", f"of {len(splits.test)}"),
        Measure(CHECK, "share of users with nearly the same items as another", len(users) / len(splits.test), "share"),
        Measure(
            CHECK,
            "test targets in the train part of such another user",
            len(told),
            "users",
            "so that a model may have learnt them from nearly the same history",
        ),
    ]


def similar_pairs(sequences: Sequences, percent: int, *, chunk: int = 4096) -> tuple[Ids, Ids]:
    """All pairs of users whose item sets have a Jaccard similarity of at least `percent` / 100.

    Args:
        sequences: of U users.
        percent: smallest similarity, 1 ... 100.
        chunk: users whose pairs are looked for at a time; bounds memory.

    Returns:
        The smaller and the larger user of every pair, each of shape (pairs,).
    """
    owned = incidence_of(sequences.distinct(), sequences.n_items)
    sizes = np.diff(owned.indptr)
    prefixes = _prefixes(sequences, percent)
    found = []
    for start in range(0, len(sizes), chunk):
        one, other = (prefixes[start : start + chunk] @ prefixes.T).nonzero()
        one = one + start
        one, other = one[one < other], other[one < other]
        common = np.asarray(owned[one].multiply(owned[other]).sum(axis=1)).ravel()
        near = 100 * common >= percent * (sizes[one] + sizes[other] - common)
        found.append((one[near], other[near]))
    firsts, seconds = zip(*found, strict=True)
    return np.concatenate(firsts).astype(np.int64), np.concatenate(seconds).astype(np.int64)


def _prefixes(sequences: Sequences, percent: int) -> Sparse:
    """The rarest items of every user, as many as the prefix filter needs; binary CSR array of shape (U, N)."""
    popularity = sequences.popularity()
    rarity = np.empty(sequences.n_items, dtype=np.int64)
    rarity[np.lexsort((np.arange(sequences.n_items), popularity))] = np.arange(sequences.n_items)
    rare: list[Ids] = []
    for sequence in sequences.sequences:
        items = np.unique(sequence)
        kept = len(items) - -(-percent * len(items) // 100) + 1
        rare.append(items[np.argsort(rarity[items])[:kept]])
    users = np.repeat(np.arange(len(rare)), [len(items) for items in rare])
    shape = (len(rare), sequences.n_items)
    return sparse.coo_array((np.ones(len(users)), (users, np.concatenate(rare))), shape=shape).tocsr()
