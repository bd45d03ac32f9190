"""Packed dropout and draws: rates, scales, and what a number does and does not depend on."""

import pytest
import torch

from plain_draws import integers, kept
from small import member
from spectran.models.members import Pack
from spectran.models.noise import BLOCK, FINE, PackedNoise, dropout_constants

CPU = torch.device("cpu")


def noise_of(*members, epoch=1, step=0):
    """Noise of a pack at the start of a step."""
    return begin(PackedNoise(Pack(members)), epoch, step)


def begin(noise, epoch=1, step=0):
    noise.begin_epoch(epoch, 5)
    noise.set_step(step)
    noise.begin_step()
    return noise


def dropped(noise, shape=(50, 40), **arguments):
    return noise.dropout(torch.ones(len(noise.members), *shape), **arguments)


A, B, C = member(0, dropout=0.3), member(1, dropout=0.4), member(2, dropout=0.0)


def test_each_member_has_its_own_rate_and_keeps_the_mean():
    out = dropped(noise_of(member(0, dropout=0.0), member(1, dropout=0.5), member(2, dropout=0.1)), (300, 300))
    assert (out[0] == 1).all()
    for k, rate in ((1, 0.5), (2, 0.1)):
        assert (out[k] == 0).float().mean().item() == pytest.approx(rate, abs=0.01)
        assert out[k].mean().item() == pytest.approx(1, abs=0.01)
        assert out[k].unique().tolist() == pytest.approx([0, 1 / (1 - rate)], rel=1e-4)
        for axis in (0, 1):  # no row and no column is dropped more often than the others: 6 standard deviations
            spread = 6 * (rate * (1 - rate) / 300) ** 0.5
            assert ((out[k] == 0).float().mean(dim=axis) - rate).abs().max() < spread


def test_halves_of_a_word_drop_independently():
    zero = (dropped(noise_of(member(0, dropout=0.5)), (300, 300)) == 0).double()[0]
    for other in (zero[:, 1::2], zero[:, 0::2].roll(1, dims=0)):
        assert abs(torch.corrcoef(torch.stack([zero[:, 0::2].flatten(), other.flatten()]))[0, 1]) < 0.02


@pytest.mark.parametrize("width", [1, 7, 8])
def test_it_is_what_plain_integers_give(width):
    noise = begin(PackedNoise(Pack((A, C, B), torch.float64)), epoch=3, step=2)
    x = torch.randn(3, 2, 5, width, dtype=torch.float64, generator=torch.Generator().manual_seed(0))
    first, second = noise.dropout(x), noise.dropout(x, rate=0.25)
    for k, one in enumerate((A, C, B)):
        for number, rate, found in ((0, one.dropout, first), (1, 0.25, second)):
            factor = kept(one.seed, 3, 2, number, 10, width, rate).reshape(2, 5, width)
            torch.testing.assert_close(found[k], x[k] * torch.tensor(factor), rtol=1e-12, atol=0.0)


def test_integers_and_normal_numbers_are_what_plain_integers_give():
    noise = noise_of(A, B, epoch=2, step=4)
    first, second = noise.integers((6,), CPU), noise.integers((2, 3, 4), CPU)
    for k, one in enumerate((A, B)):
        assert first[k].tolist() == integers(one.seed, 2, 4, 0, 6, 1)[:, 0].tolist()
        assert second[k].tolist() == integers(one.seed, 2, 4, 1, 2, 12).reshape(2, 3, 4).tolist()
    like = torch.zeros(0, dtype=torch.float32)
    normal = noise.normal((200, 200), like)
    assert normal.dtype == torch.float32
    assert normal.std().item() == pytest.approx(1, abs=0.01)


def test_the_rate_has_sixteen_bits():
    rates = torch.tensor([0.0, 2**-16, 0.3, 0.5, 0.9, 1 - 2**-16, 1.0], dtype=torch.float64)
    threshold, scale = dropout_constants(rates)
    assert threshold.dtype == torch.int16
    every = torch.arange(-(2**15), 2**15)
    for rate, least, factor in zip(rates.tolist(), threshold.tolist(), scale.tolist(), strict=True):
        zeroed = min(round(rate * FINE), FINE - 1)
        assert (every < least).sum() == zeroed
        assert factor * (FINE - zeroed) == FINE, "the mean of what is kept is exactly one"
    assert threshold[0] == -(2**15)
    assert scale[0] == 1


def test_a_number_does_not_depend_on_the_pack():
    together, alone = noise_of(A, B, C), noise_of(B)
    assert torch.equal(dropped(together)[1], dropped(alone)[0])
    assert torch.equal(together.integers((3, 4), CPU)[1], alone.integers((3, 4), CPU)[0])
    first = dropped(noise_of(A, B))
    assert not torch.equal(first[0], first[1])
    pair = dropped(noise_of(member(0, dropout=0.5), member(1, dropout=0.5)), (200, 200)) == 0
    assert abs(torch.corrcoef(pair.flatten(1).double())[0, 1]) < 0.02, "members draw independently"


@pytest.mark.parametrize("rate", [None, 0.0, 0.5])
@pytest.mark.parametrize("pack", [(A, B), (A, C), (C,)])
def test_a_later_draw_does_not_depend_on_the_rates_of_earlier_ones(pack, rate):
    noise = noise_of(*pack)
    dropped(noise, rate=rate)
    for one, found in zip(pack, noise.integers((3, 4), CPU).tolist(), strict=True):
        assert found == integers(one.seed, 1, 0, 1, 3, 4).tolist()


def test_a_number_depends_neither_on_padding_nor_on_what_is_left_out():
    x = torch.ones(2, 30, 9)
    whole = noise_of(A, B).dropout(x)
    numbers = noise_of(A, B).integers((30, 3), CPU)
    places = torch.tensor([[3, 29, 7, 0], [28, 1, 2, 15]])
    some = noise_of(A, B).dropout(x[:, :4], places)
    drawn = noise_of(A, B).integers((4, 3), CPU, places)
    for k in range(2):
        assert torch.equal(some[k], whole[k, places[k]])
        assert torch.equal(drawn[k], numbers[k, places[k]])


def test_steps_epochs_draws_and_members_differ():
    found = {
        "this": dropped(noise_of(A)),
        "step": dropped(noise_of(A, step=1)),
        "epoch": dropped(noise_of(A, epoch=2)),
        "seed": dropped(noise_of(member(7, dropout=0.3))),
    }
    noise = noise_of(A)
    dropped(noise)
    found["draw"] = dropped(noise)
    zeros = torch.stack([(x == 0).flatten().double() for x in found.values()])
    apart = torch.corrcoef(zeros) - torch.eye(len(found))
    assert apart.abs().max() < 0.12  # 2,000 entries: five standard deviations
    assert torch.equal(found["this"], dropped(begin(noise)))


@pytest.mark.parametrize("half", [0, 1])
@pytest.mark.parametrize("bit", range(32))
def test_a_bit_of_a_steps_key_flips_half_of_the_bits_of_its_draws(half, bit):
    """Draws are given keys that are words themselves, so both halves of a step's key reach everything."""
    seeds = [member(seed) for seed in range(32)]
    noise, other = noise_of(*seeds), noise_of(*seeds)
    other.step_keys[:, half] ^= torch.tensor(1 << bit).to(torch.int32)
    for _ in range(3):
        numbers = noise.integers((8, 8), CPU) ^ other.integers((8, 8), CPU)
        flipped = ((numbers[..., None] >> torch.arange(31)) & 1).double()
        assert flipped.mean().item() == pytest.approx(0.5, abs=0.02)
        # 2,048 numbers: six standard deviations.
        assert (flipped.mean(dim=(0, 1, 2)) - 0.5).abs().max() < 6 * 0.5 / 2048**0.5


def test_a_step_has_as_many_draws_as_it_takes():
    noise = noise_of(A, B)
    numbers = torch.stack([noise.integers((2,), CPU) for _ in range(2 * BLOCK + 3)])
    for draw in (0, BLOCK - 1, BLOCK, BLOCK + 1, 2 * BLOCK + 2):
        for k, one in enumerate((A, B)):
            assert numbers[draw, k].tolist() == integers(one.seed, 1, 0, draw, 2, 1)[:, 0].tolist()
    assert len({tuple(row) for row in numbers.flatten(1).tolist()}) == len(numbers)


def test_the_rest_goes_on_as_before_when_members_leave():
    noise = noise_of(A, C, B, epoch=1)
    noise.keep([2])
    begin(noise, epoch=2, step=3)
    assert noise.members == [B]
    assert torch.equal(dropped(noise), dropped(noise_of(B, epoch=2, step=3)))
    assert noise.integers((3, 4), CPU)[0].tolist() == integers(B.seed, 2, 3, 1, 3, 4).tolist()
    noise = noise_of(A, C)
    noise.keep([1])
    assert (dropped(noise) == 1).all()


def test_nothing_is_dropped_or_counted_in_evaluation():
    noise = noise_of(A).eval()
    assert (dropped(noise) == 1).all()
    assert torch.equal(dropped(noise.train()), dropped(noise_of(A)))


def test_the_gradient_goes_through_what_is_kept():
    x = torch.ones(1, 20, 10, requires_grad=True)
    out = noise_of(A).dropout(x)
    out.sum().backward()
    assert torch.equal(x.grad, out.detach())


def test_the_type_of_the_model_is_kept():
    for dtype in (torch.float64, torch.float32, torch.bfloat16):
        assert noise_of(A).dropout(torch.ones(1, 4, 4, dtype=dtype)).dtype == dtype
