"""Random words and streams: what they are, and that they are uniform and independent."""

import numpy as np
import pytest
import scipy.stats
import torch

from plain_draws import halves, word_of
from spectran.models.randomness import BITS, below, draw, key_of, keys_of, standard_normal, stream, uniform


def words(seed, *purpose, count=100_000):
    return draw(keys_of([seed], *purpose), torch.arange(count)[None])[0, :, 0]


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
    assert uniform(words(0, "order", 1, count=3)).tolist() == [712143617, 190353574, 2092729117]
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
            assert [number % 2**32 for number in numbers[:, 0].tolist()] == expected
            assert uniform(numbers)[:, 0].tolist() == [word >> 1 for word in expected]
    assert counters[0].tolist() == [0, 1, 2**31 - 1], "counters are left as they are"
    rows = draw(keys_of(seeds, "plain", 2), torch.tensor([[3, 0]]), 4)
    one_by_one = draw(keys_of(seeds, "plain", 2), torch.tensor([[12, 13, 14, 15, 0, 1, 2, 3]]))
    assert torch.equal(rows, one_by_one.view(3, 2, 4))


def test_normal_numbers_are_the_quantiles_of_uniform_ones():
    numbers = torch.tensor([0, 2 ** (BITS - 1), 2**BITS - 1], dtype=torch.int32)
    expected = scipy.stats.norm.ppf((numbers.double().numpy() + 0.5) / 2**BITS)
    assert standard_normal(numbers).tolist() == pytest.approx(expected.tolist(), abs=1e-8)


def test_below_stays_below():
    numbers = torch.tensor([0, 2**BITS - 1, 2 ** (BITS - 1)], dtype=torch.int32)
    assert below(numbers, 500_000).tolist() == [0, 499_999, 250_000]


def bits(words):
    """The 32 bits of words, last axis."""
    return (words[..., None] >> torch.arange(32, dtype=torch.int32)) & 1


def flip(bit):
    """What flips a bit of an int32."""
    return torch.tensor(1 << bit).to(torch.int32)


@pytest.mark.parametrize("bit", range(32))
def test_a_bit_of_the_counter_or_the_key_flips_half_of_a_word(bit):
    keys, counters = keys_of(range(16), "avalanche"), torch.arange(1024, dtype=torch.int32)[None]
    words = draw(keys, counters)
    seldom, often = 0.5 - 0.03, 0.5 + 0.03  # 16,384 words: seven standard deviations
    for others in (
        draw(keys, counters ^ flip(bit)),
        draw(torch.stack([keys[:, 0] ^ flip(bit), keys[:, 1]], dim=1), counters),
    ):
        flipped = bits(words ^ others).double().mean(dim=(0, 1, 2))
        assert flipped.min() > seldom
        assert flipped.max() < often


def bytes_of(words):
    """The four bytes of words, first axis."""
    return np.stack([words.numpy().view(np.uint32) >> shift & 255 for shift in (0, 8, 16, 24)]).astype(np.int64)


def p_value(first, second):
    """Of the chi-square test that pairs of bytes are uniform."""
    return scipy.stats.chisquare(np.bincount((first * 256 + second).ravel(), minlength=2**16)).pvalue


def assert_uniform(p_values):
    """Each one could be by chance, and so could all of them: too even is as wrong as too uneven."""
    assert min(p_values) > 1e-5
    assert scipy.stats.kstest(p_values, "uniform").pvalue > 1e-4


#: Neighbours in a row, and places below each other in rows of these many words; 46368 golden steps are nearly a circle.
@pytest.mark.parametrize("lag", [1, 6, 64, 128, 46_368])
def test_words_of_two_places_are_uniform_together(lag):
    p_values = []
    for seed in range(8):
        drawn = bytes_of(words(seed, "pairs", count=2**18 + lag))
        p_values += [p_value(some[lag:], some[:-lag]) for some in drawn]
    assert_uniform(p_values)


def test_halves_of_a_word_and_their_bytes_are_uniform_together():
    p_values = []
    for seed in range(8):
        drawn = bytes_of(words(seed, "halves", count=2**18))
        p_values += [p_value(drawn[i], drawn[j]) for i in range(4) for j in range(i)]
    assert_uniform(p_values)


def test_words_of_two_keys_are_uniform_together():
    p_values = []
    for seed in range(8):
        drawn = [bytes_of(words(seed, "step", 1, step, count=2**18)) for step in (1, 2)]
        p_values += [p_value(one, other) for one, other in zip(*drawn, strict=True)]
    assert_uniform(p_values)


def test_keys_that_meet_in_their_first_half_share_no_words():
    keys = keys_of([0, 1], "meet")
    keys[1, 0] = keys[0, 0]
    one, other = draw(keys, torch.arange(2**16)[None])[..., 0].numpy()
    assert len(np.intersect1d(one, other)) < 10  # 2^32 / 2^32 by chance
    assert abs(np.corrcoef(one, other)[0, 1]) < 0.02
