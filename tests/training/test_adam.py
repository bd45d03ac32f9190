"""Packed Adam equals torch's, member by member."""

import pytest
import torch
from torch import nn

from spectran.training.adam import PackedAdam

RATES, DECAYS = [1e-2, 3e-3, 1e-1], [0.0, 1e-2, 1e-1]
VALUES = torch.randn(3, 4, 2, dtype=torch.float64, generator=torch.Generator().manual_seed(0))


class Toy(nn.Module):
    """Two packed parameters."""

    def __init__(self, values: torch.Tensor) -> None:
        super().__init__()
        self.a = nn.Parameter(values.clone())
        self.b = nn.Parameter(values[:, :1].clone())

    def keep(self, indices: list[int]) -> None:
        """As a recommender does."""
        for parameter in self.parameters():
            parameter.data = parameter.data[indices].clone()
            parameter.grad = None


def column(values):
    return torch.tensor(values, dtype=torch.float64)


def loss(model, step):
    return ((model.a - step) ** 2 * (1 + model.b.abs())).sum() if step % 3 else (model.a**4 + model.b**2).sum()


def train(model, adam, steps):
    """The same steps whatever the optimiser."""
    for step in steps:
        adam.zero_grad()
        loss(model, step).backward()
        adam.step()


def single(k, steps, undecayed=frozenset()):
    """Member k trained alone by torch's plain Adam, and that."""
    model = Toy(VALUES[k : k + 1])
    parameters = dict(model.named_parameters())
    groups = [{"params": [p], "weight_decay": 0.0 if n in undecayed else DECAYS[k]} for n, p in parameters.items()]
    adam = torch.optim.Adam(groups, lr=RATES[k], fused=False, foreach=False)
    train(model, adam, steps)
    return model, adam


def assert_equal(packed, adam, members, steps, undecayed=frozenset()):
    """Parameters and moments."""
    assert adam.steps == len(steps)
    for place, k in enumerate(members):
        model, theirs = single(k, steps, undecayed)
        for name, parameter in model.named_parameters():
            state = theirs.state[parameter]
            ours = dict(packed.named_parameters())[name][place], adam.first[name][place], adam.second[name][place]
            for one, other in zip(ours, (parameter, state["exp_avg"], state["exp_avg_sq"]), strict=True):
                torch.testing.assert_close(one, other[0], rtol=1e-10, atol=1e-12)


@pytest.mark.parametrize("undecayed", [frozenset(), frozenset({"b"}), frozenset({"a", "b"})])
def test_each_member_is_stepped_as_torch_would(undecayed):
    packed = Toy(VALUES)
    adam = PackedAdam(packed, column(RATES), column(DECAYS), undecayed)
    train(packed, adam, range(30))
    assert_equal(packed, adam, [0, 1, 2], range(30), undecayed)


@pytest.mark.parametrize("members", [[0, 1, 2], [0, 2], [1], [2, 0]])
def test_members_that_stay_go_on_as_alone(members):
    packed = Toy(VALUES)
    adam = PackedAdam(packed, column(RATES), column(DECAYS), frozenset({"b"}))
    train(packed, adam, range(11))
    packed.keep(members)
    adam.keep(members)
    train(packed, adam, range(11, 30))
    assert_equal(packed, adam, members, range(30), frozenset({"b"}))


def test_it_goes_on_from_what_was_saved_to_the_same_bits():
    packed = Toy(VALUES)
    adam = PackedAdam(packed, column(RATES), column(DECAYS))
    train(packed, adam, range(11))
    again = Toy(torch.zeros_like(VALUES))
    other = PackedAdam(again, column(RATES), column(DECAYS))
    for one, parameter in zip(again.parameters(), packed.parameters(), strict=True):
        one.data = parameter.detach().clone()
    moments = ({name: value.clone() for name, value in of.items()} for of in (adam.first, adam.second))
    other.restore(*moments, steps=11)
    for model, optimiser in ((packed, adam), (again, other)):
        train(model, optimiser, range(11, 30))
    for one, parameter in zip(again.parameters(), packed.parameters(), strict=True):
        assert torch.equal(one, parameter)
    assert_equal(again, other, [0, 1, 2], range(30))


def test_decay_leaves_the_named_parameters_alone():
    packed = Toy(torch.ones(1, 2, 2))
    adam = PackedAdam(packed, torch.tensor([0.1]), torch.tensor([10.0]), frozenset({"b"}))
    (packed.a.sum() * 0 + packed.b.sum() * 0).backward()
    adam.step()
    assert (packed.a < 1).all()
    assert (packed.b == 1).all()


def test_members_that_left_take_their_moments_along():
    packed = Toy(torch.ones(3, 2, 2))
    adam = PackedAdam(packed, torch.tensor([0.1, 0.2, 0.3]), torch.zeros(3))
    (packed.a * torch.tensor([1.0, 2.0, 3.0])[:, None, None] + packed.b).sum().backward()
    adam.step()
    packed.keep([2])
    adam.keep([2])
    assert adam.learning_rate == [torch.tensor(0.3).item()]
    assert adam.first["a"].shape == (1, 2, 2)
    assert torch.allclose(adam.first["a"], torch.tensor(0.3))  # 0.1 times the gradient, 3


def test_gradients_are_forgotten():
    packed = Toy(VALUES)
    adam = PackedAdam(packed, column(RATES), column(DECAYS))
    train(packed, adam, range(1))
    adam.zero_grad()
    assert all(parameter.grad is None for parameter in packed.parameters())
