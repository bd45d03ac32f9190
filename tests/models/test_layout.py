"""Places of a batch against plain loops: rows to the grid and back, the rows of others, what may be read, gradients."""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from spectran.models.backbones.backbone import causal_mask
from spectran.models.layout import Layout, Places, real_first

USERS, LENGTH, MEMBERS = 3, 4, 2
SIZE = USERS * LENGTH


def normal(*shape):
    return torch.randn(*shape, dtype=torch.float64, generator=torch.Generator().manual_seed(sum(shape)))


def padded(*lengths):
    """Real places of users with so many items: (B, T)."""
    return torch.arange(LENGTH) >= LENGTH - torch.tensor(lengths)[:, None]


#: One member has more real places than the other, whose rows end with padding.
REAL = torch.stack([padded(4, 1, 3), padded(2, 0, 1)])


def layout_of(real):
    return Layout(real, Places.of(real_first(real.flatten(1)), SIZE), causal_mask(real), dense=False)


LAYOUT = layout_of(REAL)

masks = st.lists(st.lists(st.booleans(), min_size=SIZE, max_size=SIZE), min_size=1, max_size=3).map(torch.tensor)


@settings(deadline=None)
@given(masks, st.data())
def test_real_first_is_a_stable_order_of_nested_masks(outer, data):
    inner = outer & torch.tensor(data.draw(st.lists(st.booleans(), min_size=SIZE, max_size=SIZE)))
    largest = max(1, int(inner.sum(dim=1).max()))
    for count in (None, largest, SIZE):
        found = real_first(inner, outer, count=count)
        assert found.shape == (len(outer), largest if count is None else count)
        for k, row in enumerate(found.tolist()):
            parts = [inner[k], outer[k] & ~inner[k], ~outer[k]]
            expected = [place for part in parts for place in part.nonzero()[:, 0].tolist()]
            assert row == expected[: len(row)]


def test_one_place_is_there_where_none_is_real():
    nothing = torch.zeros(2, SIZE, dtype=torch.bool)
    assert real_first(nothing).tolist() == real_first(nothing, count=0).tolist() == [[0], [0]]


@settings(deadline=None)
@given(st.data(), st.integers(1, 3), st.integers(1, SIZE), st.integers(1, 3))
def test_spread_and_collect_are_what_loops_do_and_each_others_inverse(data, members, count, width):
    index = torch.tensor([data.draw(st.permutations(range(SIZE)))[:count] for _ in range(members)])
    places = Places.of(index, SIZE)
    rows, numbers = normal(members, count, width), torch.arange(members * SIZE).view(members, SIZE)
    grid = places.spread(rows)
    values = places.values(numbers)
    assert places.count == count
    for k in range(members):
        for place in range(SIZE):
            where = (index[k] == place).nonzero()[:, 0]
            assert grid[k, place].tolist() == (rows[k, where[0]].tolist() if len(where) else [0.0] * width)
        assert values[k].tolist() == [k * SIZE + place for place in index[k].tolist()]
    assert torch.equal(places.collect(grid), rows)
    other = normal(members, SIZE, width)
    assert torch.equal(places.collect(other), torch.stack([other[k, index[k]] for k in range(members)]))


def test_gradients_of_spread_collect_and_pick_are_those_of_finite_differences():
    rows, grid = normal(MEMBERS, LAYOUT.rows.count, 2), normal(MEMBERS, SIZE, 2)
    wanted = Places.of(LAYOUT.rows.index[:, [5, 0, 2]], SIZE)
    for function, at in (
        (LAYOUT.rows.spread, rows),
        (LAYOUT.rows.collect, grid),
        (lambda x: LAYOUT.pick(x, wanted), rows),
        (lambda x: LAYOUT.grid(x, LAYOUT.rows), rows),
    ):
        assert torch.autograd.gradcheck(function, at.requires_grad_())


def test_members_with_different_padding_have_as_many_rows():
    assert LAYOUT.rows.index.tolist() == [[0, 1, 2, 3, 7, 9, 10, 11], [2, 3, 11, 0, 1, 4, 5, 6]]
    times = LAYOUT.one_hot_times(LAYOUT.rows, torch.float32)
    assert times.dtype == torch.float32
    assert times.argmax(dim=-1).tolist() == [[0, 1, 2, 3, 3, 1, 2, 3], [2, 3, 3, 0, 1, 0, 1, 2]]
    assert (times.sum(dim=-1) == 1).all()


def test_the_grid_has_a_user_a_line():
    rows = torch.arange(1.0, 17).view(2, 8, 1)
    grid = LAYOUT.grid(rows, LAYOUT.rows)
    assert grid[0, ..., 0].tolist() == [[1, 2, 3, 4], [0, 0, 0, 5], [0, 6, 7, 8]]
    assert grid[1, ..., 0].tolist() == [[12, 13, 9, 10], [14, 15, 16, 0], [0, 0, 0, 11]]


def test_pick_takes_wanted_rows_fillers_too_and_all_of_them_as_they_are():
    rows = normal(MEMBERS, LAYOUT.rows.count, 3)
    assert LAYOUT.pick(rows, LAYOUT.rows) is rows
    # The last of the second member's is padding, which only fills up.
    wanted = Places.of(torch.tensor([[11, 3, 7], [11, 3, 5]]), SIZE)
    found = LAYOUT.pick(rows, wanted)
    assert torch.equal(found[0], rows[0, [7, 3, 4]])
    assert torch.equal(found[1], rows[1, [2, 1, 6]])
    again = Places.of(LAYOUT.rows.index.clone(), SIZE)
    assert torch.equal(LAYOUT.pick(rows, again), rows)


def test_near_and_readable_are_a_users_rows_and_its_mask():
    near, readable = LAYOUT.near(LAYOUT.rows), LAYOUT.readable(LAYOUT.rows)
    for k, index in enumerate(LAYOUT.rows.index.tolist()):
        for p, place in enumerate(index):
            user, time = divmod(place, LENGTH)
            for other in range(LENGTH):
                there = user * LENGTH + other
                assert near[k, p, other] == (index.index(there) if there in index else 0)
                assert readable[k, p, 0, other] == LAYOUT.allowed[k, user, time, other]
                if readable[k, p, 0, other]:
                    assert there in index, "what may be read is computed"


def test_each_head_of_each_place_has_its_own_number():
    numbers = LAYOUT.rows.of_heads(3)
    expected = [[3 * place + head for place in row for head in range(3)] for row in LAYOUT.rows.index.tolist()]
    assert numbers.tolist() == expected


@pytest.mark.parametrize("width", [1, 5])
def test_rows_need_not_be_contiguous(width):
    rows = normal(MEMBERS, width, LAYOUT.rows.count).transpose(1, 2)
    assert torch.equal(LAYOUT.rows.spread(rows), LAYOUT.rows.spread(rows.contiguous()))
    grid = normal(MEMBERS, width, SIZE).transpose(1, 2)
    assert torch.equal(LAYOUT.rows.collect(grid), LAYOUT.rows.collect(grid.contiguous()))
