"""Batches: everything once, within budget, padded without loss."""

import numpy as np
import torch
from hypothesis import given
from hypothesis import strategies as st

from spectran.text.batches import cut, longest_first, pad

LENGTHS = st.lists(st.integers(1, 50), min_size=1, max_size=60)


@given(LENGTHS, st.integers(1, 200))
def test_batches_partition_the_titles_within_the_budget(lengths, budget):
    order = longest_first(lengths)
    falling = [lengths[row] for row in order]
    batches = list(cut(falling, budget))
    assert np.concatenate([order[batch] for batch in batches]).tolist() == order.tolist()
    assert sorted(order.tolist()) == list(range(len(lengths)))
    for batch in batches:
        size = batch.stop - batch.start
        assert size == 1 or falling[batch.start] * size <= budget
    # No batch could have taken in the next title.
    for batch in batches[:-1]:
        assert falling[batch.start] * (batch.stop - batch.start + 1) > budget


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


@given(st.lists(st.lists(st.integers(0, 9), min_size=1, max_size=6), min_size=1, max_size=6))
def test_masked_ids_are_the_rows_on_either_side(rows):
    for side in ("left", "right"):
        batch = pad(rows, 99, side)
        kept = [row[mask.bool()].tolist() for row, mask in zip(batch.ids, batch.mask, strict=True)]
        assert kept == rows
        assert (batch.ids[~batch.mask.bool()] == 99).all()
        for row, positions, mask in zip(rows, batch.positions, batch.mask, strict=True):
            assert torch.equal(positions[mask.bool()], torch.arange(len(row)))
