"""Few places that read raw rows against keys and values made of all rows: values, gradients, dropout, and when."""

from dataclasses import replace

import pytest
import torch

from spectran.models import attention
from spectran.models.attention import PackedAttention
from spectran.models.backbones.backbone import causal_mask
from spectran.models.layout import Layout, Places, real_first
from spectran.models.members import Member, Pack, xavier_normal
from spectran.models.noise import PackedNoise
from spectran.models.reading import read
from spectran.models.unprojected import few_ask, read_unprojected

USERS, LENGTH, DIM = 3, 6, 8
SIZE = USERS * LENGTH
LENGTHS = torch.tensor([[6, 1, 4], [2, 0, 6]])
REAL = torch.arange(LENGTH) >= LENGTH - LENGTHS[..., None]
LAYOUT = Layout(REAL, Places.of(real_first(REAL.flatten(1)), SIZE), causal_mask(REAL), dense=False)
#: Some of each member's 11 rows, in whatever order; a padded place that is computed is among the second member's.
FEW = {
    "some": Places.of(torch.tensor([[5, 14, 3], [17, 12, 5]]), SIZE),
    "filler": Places.of(torch.tensor([[5, 11, 17], [17, 4, 0]]), SIZE),
    "one": Places.of(torch.tensor([[17], [5]]), SIZE),
}


def normal(*shape, seed):
    return torch.randn(*shape, dtype=torch.float64, generator=torch.Generator().manual_seed(seed)).requires_grad_()


def attention_of(heads=1, dropout=0.0, bias=True, project=True, products=None):
    """Of two members, every parameter moved from its start."""
    members = tuple(Member(seed, 0.0, rate, 1.0, 1e-3) for seed, rate in enumerate((dropout, dropout / 2)))
    pack = Pack(members, torch.float64, products)
    noise = PackedNoise(pack)
    noise.begin_epoch(1, 1)
    noise.set_step(0)
    built = PackedAttention(pack, "a", DIM, heads, xavier_normal, noise, bias=bias, project=project)
    with torch.no_grad():
        for seed, parameter in enumerate(built.parameters()):
            parameter += normal(*parameter.shape, seed=seed)
    return built


def both_ways(monkeypatch, built, wanted):
    """Output and gradients of all parameters, queries and rows: read as raw rows, and as keys and values."""
    inputs = normal(2, wanted.count, DIM, seed=1), normal(2, LAYOUT.rows.count, DIM, seed=2)
    weight = normal(2, wanted.count, DIM, seed=3).detach()
    names = [name for name, _ in built.named_parameters()]
    found = []
    for few in (True, False):
        monkeypatch.setattr(attention, "few_ask", lambda *_, few=few: few)
        built.noise.begin_step()
        out = built(inputs[0], wanted, inputs[1], LAYOUT)
        gradients = torch.autograd.grad((out * weight).sum(), [*built.parameters(), *inputs])
        found.append({"out": out, **dict(zip([*names, "query", "x"], gradients, strict=True))})
    return found


@pytest.mark.parametrize("heads", [1, 2, 4])
@pytest.mark.parametrize("dropout", [0.0, 0.4])
@pytest.mark.parametrize("wanted", FEW)
def test_it_is_the_same_function_with_the_same_gradients(monkeypatch, wanted, dropout, heads):
    raw, projected = both_ways(monkeypatch, attention_of(heads, dropout), FEW[wanted])
    for name, value in projected.items():
        torch.testing.assert_close(raw[name], value, rtol=1e-11, atol=1e-11, msg=lambda text, n=name: f"{n}: {text}")
        assert name == "key.bias" or value.abs().max() > 1e-3, name


def test_the_example_drops_weights(monkeypatch):
    kept, dropped = (both_ways(monkeypatch, attention_of(1, rate), FEW["some"])[0]["out"] for rate in (0.0, 0.4))
    assert not torch.allclose(kept, dropped)


def test_without_softmax_the_keys_bias_counts():
    """A softmax hides it, and its gradient is zero."""
    built = attention_of()
    wanted, x, q = FEW["some"], normal(2, LAYOUT.rows.count, DIM, seed=2), normal(2, 3, DIM, seed=1)
    readable = LAYOUT.readable(wanted)

    def weigh(scores):
        return scores.tanh() * readable

    raw = read_unprojected(q, x, built.key, built.value, 1, LAYOUT, wanted, weigh)
    projected = read(q, built.key(x), built.value(x), 1, LAYOUT, wanted, weigh)
    torch.testing.assert_close(raw, projected, rtol=1e-11, atol=1e-11)
    ours, theirs = (torch.autograd.grad(out.square().sum(), built.key.bias)[0] for out in (raw, projected))
    torch.testing.assert_close(ours, theirs, rtol=1e-11, atol=1e-11)
    assert theirs.abs().min() > 1e-3


@pytest.mark.parametrize("project", [True, False])
def test_maps_without_a_bias(monkeypatch, project):
    raw, projected = both_ways(monkeypatch, attention_of(bias=False, project=project), FEW["some"])
    for name, value in projected.items():
        torch.testing.assert_close(raw[name], value, rtol=1e-11, atol=1e-11)


@pytest.mark.parametrize("part", ["key", "value"])
def test_products_are_rounded_as_anywhere(monkeypatch, part):
    """To eight bits, so that both ways agree to a few in a hundred of the largest and are not the exact one."""
    built = attention_of()
    exact, _ = both_ways(monkeypatch, built, FEW["some"])
    getattr(built, part).products = torch.bfloat16
    raw, projected = both_ways(monkeypatch, built, FEW["some"])
    scale = exact["out"].abs().max().item()
    for other in (exact, projected):
        assert raw["out"].dtype == torch.float64
        torch.testing.assert_close(raw["out"], other["out"], rtol=0, atol=0.03 * scale)
        assert not torch.allclose(raw["out"], other["out"], rtol=1e-6)


def rows_seen(built, wanted, layout):
    """How many rows of a member meet the matrices of keys and values."""
    seen = []
    for part in (built.key, built.value):
        part.register_forward_pre_hook(lambda _, args: seen.append(args[0].shape[1]))
    built(normal(2, wanted.count, DIM, seed=1), wanted, normal(2, layout.rows.count, DIM, seed=2), layout)
    return seen


@pytest.mark.parametrize(
    ("heads", "count", "few"), [(1, 1, True), (1, 7, True), (1, 8, False), (2, 3, True), (2, 4, False), (1, 11, False)]
)
def test_keys_and_values_are_made_where_many_ask(heads, count, few):
    assert LAYOUT.rows.count == 11
    wanted = Places.of(LAYOUT.rows.index[:, :count], SIZE)
    assert few_ask(LAYOUT, wanted, heads) == few
    assert rows_seen(attention_of(heads), wanted, LAYOUT) == ([] if few else [11, 11])


def test_a_gpu_makes_them_anyway():
    layout = replace(LAYOUT, dense=True)
    assert rows_seen(attention_of(), FEW["one"], layout) == [11, 11]
