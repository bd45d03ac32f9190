"""The protocol's steps by hand and against brute force."""

from collections import Counter
from itertools import pairwise

import numpy as np
import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from spectran.data.protocol import Count, apply_protocol, core_rounds, keep_last, titled
from spectran.data.tables import interactions_table, items_table


def pairs_left(pairs: list[tuple[str, str]], k: int) -> list[list[tuple[str, str]]]:
    users, items = (pd.factorize(np.array(side))[0] for side in zip(*pairs, strict=True))
    return [[pair for pair, kept in zip(pairs, mask, strict=True) if kept] for mask in core_rounds(users, items, k)]


def test_the_core_by_hand():
    pairs = [("a", "x"), ("a", "y"), ("b", "x"), ("b", "y"), ("a", "w"), ("d", "w")]
    # Round 1 drops user d (1 interaction). Item w had 2 when it was counted, so it falls in round 2 only.
    assert pairs_left(pairs, 2) == [pairs[:5], pairs[:4]]
    assert pairs_left(pairs, 1) == []
    assert pairs_left(pairs, 3)[-1] == []


def brute_force(pairs: list[tuple[int, int]], k: int) -> list[tuple[int, int]]:
    """Drop one user or one item at a time until nobody has too few."""
    while True:
        users, items = Counter(user for user, _ in pairs), Counter(item for _, item in pairs)
        few_user = next((user for user, count in users.items() if count < k), None)
        few_item = next((item for item, count in items.items() if count < k), None)
        if few_user is not None:
            pairs = [pair for pair in pairs if pair[0] != few_user]
        elif few_item is not None:
            pairs = [pair for pair in pairs if pair[1] != few_item]
        else:
            return pairs


@settings(max_examples=150, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), max_size=70), st.integers(1, 4))
def test_the_core_is_the_brute_force_core(pairs: list[tuple[int, int]], k: int):
    users = np.array([user for user, _ in pairs], dtype=np.intp)
    items = np.array([item for _, item in pairs], dtype=np.intp)
    masks = list(core_rounds(users, items, k))
    left = [pair for pair, kept in zip(pairs, masks[-1], strict=True) if kept] if masks else pairs
    assert left == brute_force(pairs, k)
    assert all(later.sum() < earlier.sum() for earlier, later in pairwise(masks))


def test_the_tie_rule_by_hand():
    events = interactions_table(["u"] * 5, ["p", "c", "z", "b", "a"], [1, 2, 3, 2, 2])
    users, items = (events[name].astype("category").cat.codes.to_numpy() for name in ("user", "item"))
    # time descending, ties by item ascending: z, a, b | c, p; the kept three ascending again: a, b, z
    for count, kept in (3, "abz"), (9, "pabcz"):
        assert "".join(events["item"].iloc[keep_last(users, items, events["timestamp"].to_numpy(), count)]) == kept


def test_titles_are_measured_as_written_and_then_trimmed():
    items = items_table([("a", ""), ("b", "x"), ("c", " x"), ("d", " long title ")])
    assert titled(items, 2).to_dict("list") == {"item": ["c", "d"], "title": ["x", "long title"]}
    assert len(titled(items, 0)) == 4


def test_counts_of_every_step_by_hand():
    # users a and b buy x, y, z; c buys x and t, which has no title
    users, items = list("aaabbbcc"), list("xyzxyzxt")
    events = interactions_table(users, items, [1, 2, 3, 1, 2, 3, 1, 2])
    catalogue = items_table([("t", ""), ("z", "zz"), ("y", "yy"), ("x", "xx")])
    coded = events.astype({"user": "category", "item": "category"})
    left, kept, counts = apply_protocol(coded, catalogue, min_title_length=2, core=2, last=2)
    assert counts == [
        Count("all", 3, 4, 8),
        Count("titled", 3, 3, 7),
        Count("2-core, round 1", 2, 3, 6),
        Count("last 2", 2, 2, 4),
    ]
    # x is nobody's last-two item any longer, and so is no item
    assert kept["item"].tolist() == ["y", "z"]
    assert left[["user", "item"]].to_numpy().tolist() == [["a", "y"], ["a", "z"], ["b", "y"], ["b", "z"]]
