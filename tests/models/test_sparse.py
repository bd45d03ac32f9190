"""Products with few rows of a table against gathering them: values, gradients, duplicates, packs, tiny tables."""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from spectran.models.sparse import Pattern, sampled_cosines, sampled_products, weighted_rows

#: Members, readers, rows that each reads, rows of the table, columns.
SHAPES = [(1, 5, 3, 7, 4), (2, 9, 4, 11, 3), (3, 2, 6, 6, 1), (2, 6, 5, 2, 4), (1, 1, 10, 1, 3), (2, 1, 1, 20, 2)]


def normal(*shape, seed=0):
    return torch.randn(*shape, dtype=torch.float64, generator=torch.Generator().manual_seed(seed)).requires_grad_()


def example(members, readers, count, rows, width, seed=0):
    """Readers, a table, weights and which rows are read: duplicates among them."""
    index = torch.randint(rows, (members, readers, count), generator=torch.Generator().manual_seed(seed))
    return (
        index,
        Pattern.packed(index, rows),
        normal(members, readers, width, seed=1),
        normal(members, rows, width, seed=2),
        normal(members, readers, count, seed=3),
    )


def gathered(table, index):
    """(K, M, C, w)."""
    return torch.stack([rows[places] for rows, places in zip(table, index, strict=True)])


def assert_same(found, expected, inputs):
    """Values and gradients, for a loss in which every entry has another weight."""
    torch.testing.assert_close(found, expected, rtol=1e-12, atol=1e-12)
    weight = normal(*found.shape, seed=4).detach()
    ours, theirs = (torch.autograd.grad((out * weight).sum(), inputs) for out in (found, expected))
    for one, other in zip(ours, theirs, strict=True):
        torch.testing.assert_close(one, other, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("shape", SHAPES)
def test_products(shape):
    index, pattern, readers, table, _ = example(*shape)
    expected = (gathered(table, index) * readers[:, :, None]).sum(dim=-1)
    assert_same(sampled_products(readers, table, pattern), expected, (readers, table))


@pytest.mark.parametrize("shape", SHAPES)
def test_cosines(shape):
    index, pattern, readers, table, _ = example(*shape)
    unit = torch.nn.functional.normalize(readers, dim=-1)
    expected = torch.nn.functional.cosine_similarity(gathered(table, index), readers[:, :, None], dim=-1)
    assert_same(sampled_cosines(unit, table, pattern), expected, (readers, table))


def test_a_row_of_zeros_has_cosine_zero_and_a_finite_gradient():
    index = torch.tensor([[[0, 1]]])
    readers, table = normal(1, 1, 3), torch.tensor([[[0.0, 0.0, 0.0], [1.0, 2.0, 2.0]]], dtype=torch.float64)
    table.requires_grad_()
    found = sampled_cosines(torch.nn.functional.normalize(readers, dim=-1), table, Pattern.packed(index, 2))
    found.sum().backward()
    assert found[0, 0, 0] == 0
    assert table.grad.isfinite().all()


@pytest.mark.parametrize("shape", SHAPES)
def test_weighted_rows(shape):
    index, pattern, _, table, weights = example(*shape)
    expected = (gathered(table, index) * weights[..., None]).sum(dim=2)
    assert_same(weighted_rows(weights, table, pattern), expected, (weights, table))


@settings(deadline=None, max_examples=25)
@given(
    st.tuples(st.integers(1, 3), st.integers(1, 5), st.integers(1, 5), st.integers(1, 6), st.integers(1, 3)),
    st.integers(0, 100),
)
def test_whatever_the_shape(shape, seed):
    index, pattern, readers, table, weights = example(*shape, seed=seed)
    products = (gathered(table, index) * readers[:, :, None]).sum(dim=-1)
    assert_same(sampled_products(readers, table, pattern), products, (readers, table))
    sums = (gathered(table, index) * weights[..., None]).sum(dim=2)
    assert_same(weighted_rows(weights, table, pattern), sums, (weights, table))


def test_gradients_are_those_of_finite_differences():
    _, pattern, readers, table, weights = example(2, 3, 4, 5, 2)
    assert torch.autograd.gradcheck(lambda r, t: sampled_products(r, t, pattern), (readers, table))
    assert torch.autograd.gradcheck(lambda w, t: weighted_rows(w, t, pattern), (weights, table))
    unit = torch.nn.functional.normalize
    assert torch.autograd.gradcheck(lambda r, t: sampled_cosines(unit(r, dim=-1), t, pattern), (readers, table))


@pytest.mark.parametrize("function", [sampled_products, sampled_cosines, weighted_rows])
def test_only_the_gradient_that_is_asked_for_is_made(function):
    _, pattern, readers, table, weights = example(2, 3, 4, 5, 2)
    first = weights if function is weighted_rows else readers
    both = torch.autograd.grad(function(first, table, pattern).square().sum(), (first, table))
    for one, gradient in zip((first, table), both, strict=True):
        inputs = [part if part is one else part.detach() for part in (first, table)]
        (alone,) = torch.autograd.grad(function(*inputs, pattern).square().sum(), one)
        assert torch.equal(alone, gradient)


def test_a_pattern_by_columns():
    pattern = Pattern.packed(torch.tensor([[[0, 2], [2, 2]], [[1, 0], [1, 1]]]), 3)
    assert pattern.index.tolist() == [[0, 2], [2, 2], [4, 3], [4, 4]]
    assert pattern.rows == 6
    order, readers, starts = pattern.readers
    assert order.tolist() == [0, 1, 2, 3, 5, 4, 6, 7]
    assert readers.tolist() == [0, 0, 1, 1, 2, 2, 3, 3]
    assert starts.tolist() == [0, 1, 1, 4, 5, 8]
