"""Butterworth filters against scipy.signal and numpy's Fourier transform."""

import math

import numpy as np
import pytest
import torch
from scipy import signal

from spectran.spectra.butterworth import causal_matrix, circular_matrix, gain

ORDERS = [1, 2, 3, 4, 7]
CUTOFFS = [0.02, 0.1, 0.35, 0.9]
MATRICES = {"causal": causal_matrix, "circular": circular_matrix}


def one(value):
    return torch.tensor(value, dtype=torch.float64)


def input_of(length):
    return np.random.default_rng(length).normal(size=length)


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize("cutoff", CUTOFFS)
def test_gain_is_that_of_the_analog_filter(order, cutoff):
    w = np.linspace(0, 1, 41)
    _, expected = signal.freqs(*signal.butter(order, cutoff, analog=True), worN=w)
    np.testing.assert_allclose(gain(one(w), one(cutoff), order), np.abs(expected), rtol=1e-9)


@pytest.mark.parametrize("order", ORDERS)
def test_half_of_the_power_passes_at_the_cutoff(order):
    assert float(gain(one(0.3), one(0.3), order)) == pytest.approx(math.sqrt(0.5))


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize("cutoff", CUTOFFS)
@pytest.mark.parametrize("length", [1, 2, 3, 10, 60])
def test_causal_is_scipys_filter_from_a_held_start(order, cutoff, length):
    b, a = signal.butter(order, cutoff)
    sections = signal.butter(order, cutoff, output="sos")  # a high order at a low cut-off needs them
    x = input_of(length)
    held, _ = signal.sosfilt(sections, x, zi=signal.sosfilt_zi(sections) * x[0])
    found = causal_matrix(length, one(cutoff), order).numpy() @ x
    np.testing.assert_allclose(found, held, rtol=0, atol=1e-9)
    if order <= 4:
        held, _ = signal.lfilter(b, a, x, zi=signal.lfilter_zi(b, a) * x[0])
        np.testing.assert_allclose(found, held, rtol=0, atol=1e-7)


@pytest.mark.parametrize("order", ORDERS)
def test_causal_impulse_response_has_scipys_frequency_response(order):
    length = 600
    impulse = np.zeros(length)
    impulse[1] = 1.0  # the first place stands for all that is before
    response = (causal_matrix(length, one(0.3), order).numpy() @ impulse)[1:]
    w, expected = signal.freqz(*signal.butter(order, 0.3), worN=32)
    found = [np.sum(response * np.exp(-1j * angle * np.arange(length - 1))) for angle in w]
    np.testing.assert_allclose(found, expected, rtol=0, atol=1e-9)


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize("cutoff", CUTOFFS)
@pytest.mark.parametrize("length", [1, 2, 3, 10, 11])
def test_circular_is_a_product_in_the_frequency_domain(order, cutoff, length):
    x = input_of(length)
    gains = 1 / np.sqrt(1 + (np.fft.rfftfreq(length) * 2 / cutoff) ** (2 * order))
    expected = np.fft.irfft(gains * np.fft.rfft(x), n=length)
    np.testing.assert_allclose(circular_matrix(length, one(cutoff), order).numpy() @ x, expected, rtol=0, atol=1e-12)


@pytest.mark.parametrize("form", MATRICES)
@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize("length", [1, 2, 9, 30])
def test_a_constant_passes(form, order, length):
    rows = MATRICES[form](length, one(CUTOFFS), order).sum(dim=-1)
    torch.testing.assert_close(rows, torch.ones_like(rows), rtol=0, atol=1e-9)


def test_only_the_circular_one_reads_ahead():
    """The paper's: of an impulse at the last of 100 places, more than a twentieth comes back at the first."""
    later = torch.ones(100, 100).triu(1).bool()
    assert (causal_matrix(100, one(0.1), 2)[later] == 0).all()
    assert float(circular_matrix(100, one(0.1), 2)[0, -1]) > 0.05


@pytest.mark.parametrize("form", MATRICES)
@pytest.mark.parametrize("order", [1, 2, 5])
@pytest.mark.parametrize("length", [1, 2, 7])
def test_gradient_of_the_cutoff_is_the_finite_difference(form, order, length):
    cutoffs = one([0.1, 0.6]).requires_grad_()
    assert torch.autograd.gradcheck(lambda cutoff: MATRICES[form](length, cutoff, order), cutoffs)


@pytest.mark.parametrize("form", MATRICES)
def test_several_cutoffs_give_the_matrices_of_each(form):
    both = MATRICES[form](6, one(CUTOFFS), 3)
    for matrix, cutoff in zip(both, CUTOFFS, strict=True):
        torch.testing.assert_close(matrix, MATRICES[form](6, one(cutoff), 3), rtol=0, atol=1e-14)
