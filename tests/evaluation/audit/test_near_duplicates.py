"""Near duplicates: by hand, and against looking at every pair."""

from itertools import combinations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from evaluation.handmade_splits import made, values
from spectran.data.sequences import Sequences
from spectran.evaluation.audit.near_duplicates import near_duplicates, similar_pairs


def every_pair(sequences, percent):
    sets = [set(sequence) for sequence in sequences]
    return [
        (a, b)
        for a, b in combinations(range(len(sets)), 2)
        if 100 * len(sets[a] & sets[b]) >= percent * len(sets[a] | sets[b])
    ]


def found(sequences, percent, **chunk):
    n_items = 1 + max(map(max, sequences))
    one, other = similar_pairs(Sequences([np.array(sequence) for sequence in sequences], n_items), percent, **chunk)
    return sorted(zip(one.tolist(), other.tolist(), strict=True))


def test_by_hand():
    splits = made(
        [
            [0, 1, 2, 3, 4],  # 0 1 2 | 3 | 4
            [4, 0, 1, 2],  # 4 of 5 items in common with the first, whose test target is in this train part
            [5, 6, 7, 8, 9],
            [5, 6, 7, 8, 1],  # 4 of 6 in common
            [9, 9, 8, 7, 6, 5],  # the third's items, 9 twice; has its target 9 in its train part
        ]
    )
    assert values(near_duplicates(splits)) == {
        "pairs of users with nearly the same items": 2,
        "users with nearly the same items as another": 4,
        "share of users with nearly the same items as another": 4 / 5,
        # 4 of the first user, 2 of the second (in 0 1 2), 9 of the third, 5 of the last (in 5 6 7).
        "test targets in the train part of such another user": 4,
    }


def test_nobody_alike():
    assert set(values(near_duplicates(made([[0, 1, 2, 3], [4, 5, 6, 7]]))).values()) == {0}


@given(
    st.lists(st.lists(st.integers(0, 11), min_size=1, max_size=9), min_size=2, max_size=12),
    st.sampled_from([34, 50, 75, 80, 100]),
)
def test_all_pairs_are_found_and_no_others(sequences, percent):
    assert found(sequences, percent) == every_pair(sequences, percent)


def test_many_users_in_chunks():
    rng = np.random.default_rng(0)
    plain = [rng.choice(60, size=rng.integers(4, 12), replace=False).tolist() for _ in range(150)]
    near = [[*sequence[:-1], 59] for sequence in plain[:40]]
    sequences = [*plain, *near]
    pairs = every_pair(sequences, 70)
    assert len(pairs) > 20
    for chunk in (7, 4096):
        assert found(sequences, 70, chunk=chunk) == pairs
