"""Packed Adam equals torch's, member by member."""

import torch
from torch import nn

from spectran.training.adam import PackedAdam


class Toy(nn.Module):
    """Two packed parameters."""

    def __init__(self, values: torch.Tensor) -> None:
        super().__init__()
        self.a = nn.Parameter(values.clone())
        self.b = nn.Parameter(values[:, :1].clone())


def test_each_member_is_stepped_as_torch_would():
    values = torch.randn(3, 4, 2, dtype=torch.float64, generator=torch.Generator().manual_seed(0))
    rates, decays = [1e-2, 3e-3, 1e-1], [0.0, 1e-2, 1e-1]
    packed = Toy(values)
    adam = PackedAdam(packed, torch.tensor(rates, dtype=torch.float64), torch.tensor(decays, dtype=torch.float64))
    singles = [Toy(values[k : k + 1]) for k in range(3)]
    theirs = [
        torch.optim.Adam(single.parameters(), lr=rate, weight_decay=decay)
        for single, rate, decay in zip(singles, rates, decays, strict=True)
    ]

    def value(model, step):
        return ((model.a - step) ** 2 * (1 + model.b.abs())).sum() if step % 3 else (model.a**4 + model.b**2).sum()

    for step in range(30):
        adam.zero_grad()
        value(packed, step).backward()
        adam.step()
        for single, optimiser in zip(singles, theirs, strict=True):
            optimiser.zero_grad()
            value(single, step).backward()
            optimiser.step()
        if step == 15:
            adam.keep([0, 1, 2])
    for k, single in enumerate(singles):
        torch.testing.assert_close(packed.a[k], single.a[0], rtol=1e-10, atol=1e-12)


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
    adam.keep([2])
    assert adam.learning_rate.tolist() == [torch.tensor(0.3).item()]
    assert adam.first["a"].shape == (1, 2, 2)
    assert torch.allclose(adam.first["a"], torch.tensor(0.3))  # 0.1 times the gradient, 3
