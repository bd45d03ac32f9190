"""The Butterworth low-pass filter over the places of a sequence, as matrices that a cut-off's gradient passes through.

Frequencies w are shares of the highest one, Nyquist's, of half a cycle a place. The gain at the cut-off is 1/sqrt(2),
half of the power, whatever the order. FreLLM4Rec's TFM (arXiv 2508.10312) takes frequency k of L places as k / (F - 1)
with F = L // 2 + 1, the same as here for an even L, and rounds the cut-off down to one of them.

Matrices are made in float64: near frequency 0 the filter's coefficients nearly cancel.
"""

import math

import torch
from torch import Tensor


def gain(w: Tensor, cutoff: Tensor, order: int) -> Tensor:
    """1 / sqrt(1 + (w / cutoff)^(2 order)), the gain of the analog filter.

    Args:
        w: frequencies, 0 .. 1.
        cutoff: of a shape that meets w's.
        order: n, at least 1.
    """
    return torch.rsqrt(1 + (w / cutoff) ** (2 * order))


def causal_matrix(length: int, cutoff: Tensor, order: int) -> Tensor:
    """The digital filter that scipy.signal.butter(order, cutoff) designs, run as if the first input had always been.

    That is scipy.signal.lfilter with the start zi * x[0]. The cascade of second-order sections, each of which solves a
    triangular system; what is before the first place is then given to that place, so that rows sum to 1.

    Args:
        length: places T.
        cutoff: shape (*), within 0 .. 1.
        order: n, at least 1.

    Returns:
        Shape (*, T, T), float64, lower triangular: what each place gets of each.
    """
    c = torch.tan(cutoff.double() * (math.pi / 2))  # the bilinear transform maps Nyquist's frequency to infinity
    filtered = torch.eye(length, dtype=c.dtype, device=c.device).expand(*c.shape, -1, -1)
    for ahead, behind in _sections(c, order):
        filtered = torch.linalg.solve_triangular(
            _banded(length, behind), _banded(length, ahead) @ filtered, upper=False
        )
    before = 1 - filtered.sum(dim=-1, keepdim=True)
    return torch.cat([filtered[..., :1] + before, filtered[..., 1:]], dim=-1)


def circular_matrix(length: int, cutoff: Tensor, order: int) -> Tensor:
    """irfft(gain * rfft(x)) of exactly so many places: a circular convolution, which reads later places too.

    Args:
        length: places T.
        cutoff: shape (*), above 0.
        order: n, at least 1.

    Returns:
        Shape (*, T, T), float64, symmetric, rows sum to 1.
    """
    places = torch.eye(length, dtype=torch.float64, device=cutoff.device)
    w = torch.arange(length // 2 + 1, dtype=torch.float64, device=cutoff.device) * (2 / length)
    gains = gain(w, cutoff.double()[..., None], order)
    filtered: Tensor = torch.fft.irfft(gains[..., None] * torch.fft.rfft(places, dim=0), n=length, dim=-2)
    return filtered


def _sections(c: Tensor, order: int) -> list[tuple[list[Tensor], list[Tensor]]]:
    """Numerator and denominator in z^-1 of each section: c^2 / (s^2 + q c s + c^2), for an odd order also c / (s + c).

    s = (1 - z^-1) / (1 + z^-1), and q = 2 sin(pi (2k - 1) / 2n) for the k-th pair of poles.
    """
    sections = []
    for k in range(1, order // 2 + 1):
        q, square = 2 * math.sin(math.pi * (2 * k - 1) / (2 * order)), c * c
        sections.append(([square, 2 * square, square], [1 + q * c + square, 2 * square - 2, 1 - q * c + square]))
    if order % 2:
        sections.append(([c, c], [1 + c, c - 1]))
    return sections


def _banded(length: int, coefficients: list[Tensor]) -> Tensor:
    """The lower triangular Toeplitz matrix of a polynomial in z^-1: (*, T, T)."""
    lags = torch.arange(length, device=coefficients[0].device)
    lag = lags[:, None] - lags
    return torch.stack([value[..., None, None] * (lag == k) for k, value in enumerate(coefficients)]).sum(dim=0)
