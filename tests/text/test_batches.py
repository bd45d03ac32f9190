"""Batches: everything once, within budget, padded without loss."""

from collections.abc import Iterator
from itertools import chain, combinations, pairwise

import numpy as np
import torch
from hypothesis import given
from hypothesis import strategies as st

from spectran.text.batches import cut, longest_first, pad

LENGTHS = st.lists(st.integers(1, 50), min_size=1, max_size=60)


def padded(lengths: list[int], batches: list[slice]) -> int:
    """Tokens of the batches, padding included."""
    return sum(lengths[batch.start] * (batch.stop - batch.start) for batch in batches)


@given(LENGTHS, st.integers(1, 200), st.integers(0, 40))
def test_batches_partition_the_titles_within_the_budget(lengths, budget, fixed):
    order = longest_first(lengths)
    falling = [lengths[row] for row in order]
    batches = cut(falling, budget, fixed)
    assert np.concatenate([order[batch] for batch in batches]).tolist() == order.tolist()
    assert sorted(order.tolist()) == list(range(len(lengths)))
    for batch in batches:
        size = batch.stop - batch.start
        assert size == 1 or falling[batch.start] * size <= budget


@given(st.lists(st.integers(1, 9), min_size=1, max_size=8), st.integers(1, 30), st.integers(0, 12))
def test_no_other_cut_is_less_work(lengths, budget, fixed):
    """Every way to cut, tried."""
    falling = sorted(lengths, reverse=True)

    def works() -> Iterator[int]:
        for places in chain.from_iterable(combinations(range(1, len(falling)), k) for k in range(len(falling))):
            batches = [slice(*ends) for ends in pairwise([0, *places, len(falling)])]
            if all(b.stop - b.start == 1 or falling[b.start] * (b.stop - b.start) <= budget for b in batches):
                yield padded(falling, batches) + fixed * len(batches)

    found = cut(falling, budget, fixed)
    assert padded(falling, found) + fixed * len(found) == min(works())


def test_a_length_with_many_titles_has_batches_of_its_own_and_a_rare_one_goes_along():
    lengths = [30, 21, *[20] * 50, *[10] * 30]
    batches = cut(lengths, 500, 32)
    assert [len({*lengths[batch]}) for batch in batches] == [2, 1, 1, 1]
    assert [lengths[batch.start] for batch in batches] == [30, 20, 20, 10]
    assert padded(lengths, cut(lengths, 500, 0)) == sum(lengths)


def test_order_is_by_falling_length_and_stable():
    assert longest_first([2, 5, 2, 5, 1]).tolist() == [1, 3, 0, 2, 4]


def test_padding_by_hand():
    left = pad([[7, 8, 9], [5]], 3, "left")
    assert left.ids.tolist() == [[7, 8, 9], [3, 3, 5]]
    assert left.mask.tolist() == [[1, 1, 1], [0, 0, 1]]
    assert left.positions.tolist() == [[0, 1, 2], [0, 0, 0]]
    right = pad([[7, 8, 9], [5]], 3, "right")
    assert right.ids.tolist() == [[7, 8, 9], [5, 3, 3]]
    assert right.mask.tolist() == [[1, 1, 1], [1, 0, 0]]
    assert pad([[7, 8], [5, 6]], 3, "left")[1:] == (None, None)


@given(st.lists(st.lists(st.integers(0, 9), min_size=1, max_size=6), min_size=1, max_size=6))
def test_masked_ids_are_the_rows_on_either_side(rows):
    for side in ("left", "right"):
        batch = pad(rows, 99, side)
        if len({len(row) for row in rows}) == 1:
            assert batch.ids.tolist() == rows
            assert batch.mask is batch.positions is None
            continue
        kept = [row[mask.bool()].tolist() for row, mask in zip(batch.ids, batch.mask, strict=True)]
        assert kept == rows
        assert (batch.ids[~batch.mask.bool()] == 99).all()
        for row, positions, mask in zip(rows, batch.positions, batch.mask, strict=True):
            assert torch.equal(positions[mask.bool()], torch.arange(len(row)))
