"""Random streams and packed dropout."""

import pytest
import scipy.stats
import torch

from small import member
from spectran.models.members import Pack, normal
from spectran.models.noise import PackedNoise
from spectran.models.randomness import BITS, below, draw, key_of, stream

CPU = torch.device("cpu")


def uniform(*key, count=100_000):
    return draw([key_of(*key)], (count,), CPU)[0].double() / 2**BITS


def test_draws_are_uniform_and_independent_of_each_other():
    x = uniform(0, "dropout", 1, 1)
    assert x.min() >= 0
    assert x.max() < 1
    assert scipy.stats.kstest(x.numpy(), "uniform").pvalue > 1e-3
    lagged = torch.corrcoef(torch.stack([x[:-1], x[1:]]))[0, 1]
    assert abs(lagged) < 0.01
    for other in ((1, "dropout", 1, 1), (0, "dropout", 2, 1), (0, "dropout", 1, 2), (0, "negatives", 1, 1)):
        assert abs(torch.corrcoef(torch.stack([x, uniform(*other)]))[0, 1]) < 0.015, other


def test_every_bit_is_a_fair_coin():
    numbers = draw([key_of(7, "bits")], (100_000,), CPU)[0].long()
    for bit in range(BITS):
        assert ((numbers >> bit) & 1).double().mean().item() == pytest.approx(0.5, abs=0.01), bit


def test_draws_and_streams_are_the_same_in_every_release():
    assert draw([key_of(0, "order", 1)], (3,), CPU).tolist() == [[857119126, 1077255090, 126414747]]
    assert stream(0, "order", 1).initial_seed() == 2961819992523135983


def test_draws_are_what_plain_integers_give():
    def mix(x):
        x ^= x >> 16
        x = x * 0x85EBCA6B & 0xFFFFFFFF
        x ^= x >> 13
        x = x * 0xC2B2AE35 & 0xFFFFFFFF
        return x ^ x >> 16

    key = key_of(3, "plain")
    high, low = key >> 32, key & 0xFFFFFFFF
    expected = [mix((mix(place ^ high) + low) & 0xFFFFFFFF) >> 1 for place in range(50)]
    assert draw([key], (5, 10), CPU).flatten().tolist() == expected


def test_below_stays_below():
    numbers = torch.tensor([0, 2**BITS - 1, 2 ** (BITS - 1)], dtype=torch.int32)
    assert below(numbers, 500_000).tolist() == [0, 499_999, 250_000]


def dropped(members, epoch=1, shape=(50, 40)):
    layer = PackedNoise(Pack(tuple(members)))
    layer.train()
    layer.begin_epoch(epoch)
    return layer.dropout(torch.ones(len(members), *shape))


def test_each_member_has_its_own_rate_and_keeps_the_mean():
    out = dropped([member(0, dropout=0.0), member(1, dropout=0.5), member(2, dropout=0.1)], shape=(300, 300))
    assert (out[0] == 1).all()
    for k, rate in ((1, 0.5), (2, 0.1)):
        assert (out[k] == 0).float().mean().item() == pytest.approx(rate, abs=0.01)
        assert out[k].mean().item() == pytest.approx(1, abs=0.01)


def test_a_mask_does_not_depend_on_the_company():
    together = dropped([member(0, dropout=0.3), member(1, dropout=0.4)])
    assert torch.equal(together[1], dropped([member(1, dropout=0.4)])[0])
    assert not torch.equal(together[1], dropped([member(1, dropout=0.4)], epoch=2)[0])


def test_two_calls_in_an_epoch_drop_other_entries():
    layer = PackedNoise(Pack((member(0, dropout=0.5),)))
    layer.begin_epoch(1)
    ones = torch.ones(1, 50, 50)
    assert not torch.equal(layer.dropout(ones), layer.dropout(ones))


def test_parameters_have_a_member_axis():
    pack = Pack((member(0), member(1)))
    values = pack.parameter("x", (3, 4), normal(2.0))
    assert values.shape == (2, 3, 4)
    assert not torch.equal(values[0], values[1])
    assert torch.equal(values[1], Pack((member(1),)).parameter("x", (3, 4), normal(2.0))[0])
