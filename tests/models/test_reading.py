"""Attention by rows, as on a CPU, and on the grid, as on a GPU, against a plain loop over places."""

from dataclasses import replace

import pytest
import torch

from spectran.models import reading
from spectran.models.backbones.backbone import causal_mask
from spectran.models.layout import Layout, Places, real_first
from spectran.models.reading import read, read_by_rows, read_on_grid

MEMBERS, USERS, LENGTH, DIM, HEADS = 2, 3, 5, 6, 2
SIZE = USERS * LENGTH
LENGTHS = torch.tensor([[5, 1, 3], [2, 0, 1]])
REAL = torch.arange(LENGTH) >= LENGTH - LENGTHS[..., None]
LAYOUT = Layout(REAL, Places.of(real_first(REAL.flatten(1)), SIZE), causal_mask(REAL), dense=False)
#: All rows; some of each member's real ones; as many with a filler behind them, a padded place that is computed.
WANTED = {
    "all": LAYOUT.rows,
    "some": Places.of(torch.tensor([[14, 0, 3], [4, 14, 3]]), SIZE),
    "fillers": Places.of(torch.tensor([[4, 9, 14], [4, 14, 0]]), SIZE),
}
WAYS = [read_by_rows, read_on_grid]


def normal(*shape, seed):
    return torch.randn(*shape, dtype=torch.float64, generator=torch.Generator().manual_seed(seed)).requires_grad_()


def parts(wanted):
    rows = LAYOUT.rows.count
    return (
        normal(MEMBERS, wanted.count, DIM, seed=1),
        normal(MEMBERS, rows, DIM, seed=2),
        normal(MEMBERS, rows, DIM, seed=3),
    )


def weights_of(wanted):
    """A softmax of the scores of what may be read, as attention makes it."""

    def weigh(scores):
        assert scores.shape == (MEMBERS, wanted.count, HEADS, LENGTH)
        return scores.masked_fill(~LAYOUT.readable(wanted), -torch.inf).softmax(dim=-1)

    return weigh


def plain(q, k, v, wanted, member, p):
    """What one wanted place reads, head by head and place by place."""
    user, time = divmod(wanted.index[member, p].item(), LENGTH)
    rows = LAYOUT.rows.index[member].tolist()
    width, heads = DIM // HEADS, []
    for head in range(HEADS):
        columns = slice(head * width, (head + 1) * width)
        near = [rows.index(user * LENGTH + t) for t in range(LENGTH) if LAYOUT.allowed[member, user, time, t]]
        scores = torch.stack([q[member, p, columns] @ k[member, row, columns] for row in near])
        values = torch.stack([v[member, row, columns] for row in near])
        heads.append(scores.exp() / scores.exp().sum() @ values)
    return torch.cat(heads)


@pytest.mark.parametrize("wanted", WANTED)
@pytest.mark.parametrize("way", WAYS)
def test_it_equals_a_plain_loop(way, wanted):
    wanted = WANTED[wanted]
    q, k, v = parts(wanted)
    found = way(q, k, v, HEADS, LAYOUT, wanted, weights_of(wanted))
    assert found.shape == (MEMBERS, wanted.count, DIM)
    for member in range(MEMBERS):
        for p in range(wanted.count):
            torch.testing.assert_close(found[member, p], plain(q, k, v, wanted, member, p), rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("wanted", WANTED)
def test_both_ways_have_the_same_gradients(wanted):
    wanted = WANTED[wanted]
    weight = normal(MEMBERS, wanted.count, DIM, seed=4).detach()
    gradients = []
    for way in (read_by_rows, read_on_grid):
        inputs = parts(wanted)
        found = way(*inputs, HEADS, LAYOUT, wanted, weights_of(wanted))
        gradients.append(torch.autograd.grad((found * weight).sum(), inputs))
    for one, other in zip(*gradients, strict=True):
        torch.testing.assert_close(one, other, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("dense", [True, False])
def test_the_layout_says_which_way(monkeypatch, dense):
    for way in WAYS:
        monkeypatch.setattr(reading, way.__name__, lambda *_, way=way: way)
    layout = replace(LAYOUT, dense=dense)
    found = read(*parts(layout.rows), HEADS, layout, layout.rows, weights_of(layout.rows))
    assert found is (read_on_grid if dense else read_by_rows)


def test_a_batch_may_have_fewer_rows_than_a_sequence_places():
    real = torch.arange(LENGTH)[None, None] >= LENGTH - 1
    layout = Layout(real, Places.of(real_first(real.flatten(1)), LENGTH), causal_mask(real), dense=False)
    q, k, v = (normal(1, 1, DIM, seed=seed) for seed in range(3))

    def weigh(scores):
        return scores.masked_fill(~layout.readable(layout.rows), -torch.inf).softmax(dim=-1)

    found = read_by_rows(q, k, v, HEADS, layout, layout.rows, weigh)
    torch.testing.assert_close(found, v)
    found.sum().backward()
    assert (v.grad == 1).all()
