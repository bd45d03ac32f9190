"""Who reads a row of a sequence, known without a sort, against the sort; absent places, fillers, heads, packs."""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from spectran.models.backbones.backbone import causal_mask
from spectran.models.layout import Layout, Places, real_first
from spectran.models.mutual import Mutual, reading_pattern
from spectran.models.sparse import Pattern

LENGTH = 4


def layout_of(lengths):
    """Of members' users with so many items, (K, B)."""
    real = torch.arange(LENGTH) >= LENGTH - torch.tensor(lengths)[..., None]
    size = real[0].numel()
    return Layout(real, Places.of(real_first(real.flatten(1)), size), causal_mask(real), dense=False)


def normal(*shape, seed):
    return torch.randn(*shape, dtype=torch.float64, generator=torch.Generator().manual_seed(seed))


def weights_of(layout, heads, seed=1):
    """Weights (M, C) that are zero where a place must not be read."""
    readable = layout.readable(layout.rows).expand(-1, -1, heads, -1).flatten(0, 2)
    return normal(*readable.shape, seed=seed) * readable


users = st.integers(1, 4).flatmap(
    lambda n: st.lists(st.lists(st.integers(0, LENGTH), min_size=n, max_size=n), min_size=1, max_size=3)
)


@settings(deadline=None)
@given(users, st.integers(1, 3))
def test_sums_by_row_are_those_of_the_sorted_pattern(lengths, heads):
    layout = layout_of(lengths)
    pattern = reading_pattern(layout, layout.rows, heads)
    assert isinstance(pattern, Mutual)
    weights, readers = weights_of(layout, heads), normal(len(pattern.index), 3, seed=2)
    sorted_ = Pattern(pattern.index, pattern.rows)
    expected = sorted_.sums_by_row(weights, readers)
    torch.testing.assert_close(pattern.sums_by_row(weights, readers), expected, rtol=1e-12, atol=1e-12)
    turned = weights.T.contiguous().T
    torch.testing.assert_close(pattern.sums_by_row(turned, readers), expected, rtol=1e-12, atol=1e-12)


def test_it_never_sorts():
    layout = layout_of([[4, 1, 0], [2, 2, 3]])
    pattern = reading_pattern(layout, layout.rows, 2)
    pattern.sums_by_row(weights_of(layout, 2), normal(len(pattern.index), 3, seed=2))
    assert "readers" not in vars(pattern)


def test_a_part_of_the_places_is_not_read_by_itself_alone():
    layout = layout_of([[4, 1, 2]])
    some = Places.of(layout.rows.index[:, [2, 4]], layout.rows.size)
    assert type(reading_pattern(layout, some, 1)) is Pattern


@pytest.mark.parametrize("heads", [1, 2])
def test_a_pattern_by_hand(heads):
    """Of users with two items and one, and of one whose second row is a padded place that is computed."""
    layout = layout_of([[2, 1], [2, 0]])
    # Places 2, 3, 7 of the first member; 2, 3, 0 of the second.
    near = [[0, 0, 0, 1], [0, 0, 0, 1], [0, 0, 0, 2]], [[2, 0, 0, 1], [2, 0, 0, 1], [2, 0, 0, 1]]
    pattern = reading_pattern(layout, layout.rows, heads)
    expected = [
        [(3 * k + row) * heads + head for row in rows]
        for k, part in enumerate(near)
        for rows in part
        for head in range(heads)
    ]
    assert pattern.index.tolist() == expected
    assert pattern.rows == 6 * heads
