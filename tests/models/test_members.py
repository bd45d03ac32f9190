"""Random words and streams, and packed parameters."""

import pytest
import scipy.stats
import torch

from plain_draws import halves, word_of
from small import member
from spectran.models.members import Pack, normal
from spectran.models.randomness import BITS, below, draw, key_of, keys_of, standard_normal, stream, uniform


def words(seed, *purpose, count=100_000):
    return draw(keys_of([seed], *purpose), torch.arange(count, dtype=torch.int32)[None])[0]


def shares(*key):
    """Numbers between 0 and 1."""
    return uniform(words(*key)).double() / 2**BITS


def test_draws_are_uniform_and_independent_of_each_other():
    x = shares(0, "step", 1, 1)
    assert x.min() >= 0
    assert x.max() < 1
    assert scipy.stats.kstest(x.numpy(), "uniform").pvalue > 1e-3
    lagged = torch.corrcoef(torch.stack([x[:-1], x[1:]]))[0, 1]
    assert abs(lagged) < 0.01
    for other in ((1, "step", 1, 1), (0, "step", 2, 1), (0, "step", 1, 2), (0, "order", 1, 1)):
        assert abs(torch.corrcoef(torch.stack([x, shares(*other)]))[0, 1]) < 0.015, other


def test_every_bit_is_a_fair_coin():
    numbers = words(7, "bits").long() % 2**32
    for bit in range(32):
        assert ((numbers >> bit) & 1).double().mean().item() == pytest.approx(0.5, abs=0.01), bit


def test_draws_and_streams_are_the_same_in_every_release():
    assert uniform(words(0, "order", 1, count=3)).tolist() == [857119126, 1077255090, 126414747]
    assert stream(0, "order", 1).initial_seed() == 2961819992523135983


def test_draws_are_what_plain_integers_give():
    seeds = [3, 4, 10**6]
    counters = torch.tensor([[0, 1, 2**31 - 1], [5, 6, 7], [-1, -(2**31), 8]], dtype=torch.int32)
    found = draw(keys_of(seeds, "plain", 2), counters)
    shared = draw(keys_of(seeds, "plain", 2), counters[:1])
    for k, seed in enumerate(seeds):
        key = halves(key_of(seed, "plain", 2))
        for row, numbers in ((counters[k], found[k]), (counters[0], shared[k])):
            expected = [word_of(key, counter % 2**32) for counter in row.tolist()]
            assert [number % 2**32 for number in numbers.tolist()] == expected
            assert uniform(numbers).tolist() == [word >> 1 for word in expected]
    assert counters[0].tolist() == [0, 1, 2**31 - 1], "counters are left as they are"


def test_normal_numbers_are_the_quantiles_of_uniform_ones():
    numbers = torch.tensor([0, 2 ** (BITS - 1), 2**BITS - 1], dtype=torch.int32)
    expected = scipy.stats.norm.ppf((numbers.double().numpy() + 0.5) / 2**BITS)
    assert standard_normal(numbers).tolist() == pytest.approx(expected.tolist(), abs=1e-8)


def test_below_stays_below():
    numbers = torch.tensor([0, 2**BITS - 1, 2 ** (BITS - 1)], dtype=torch.int32)
    assert below(numbers, 500_000).tolist() == [0, 499_999, 250_000]


def test_parameters_have_a_member_axis():
    pack = Pack((member(0), member(1)))
    values = pack.parameter("x", (3, 4), normal(2.0))
    assert values.shape == (2, 3, 4)
    assert not torch.equal(values[0], values[1])
    assert torch.equal(values[1], Pack((member(1),)).parameter("x", (3, 4), normal(2.0))[0])
