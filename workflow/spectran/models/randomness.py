"""Counter-based random numbers: a number is a function of a key and its place, and of nothing drawn before.

Integer arithmetic alone, so that a CPU, a GPU, a pack of any size and a resumed run draw the same numbers.
"""

import hashlib
from collections.abc import Sequence

import torch
from torch import Tensor

#: Draws have this many bits.
BITS = 31


def key_of(seed: int, *purpose: str | int) -> int:
    """A 64-bit key that depends on the root seed and the purpose only."""
    words = "/".join(map(str, (seed, *purpose))).encode()
    return int.from_bytes(hashlib.blake2b(words, digest_size=8).digest(), "big")


def stream(seed: int, *purpose: str | int) -> torch.Generator:
    """A generator on the CPU for draws that are made there whatever the device: initial values and orders."""
    return torch.Generator().manual_seed(key_of(seed, *purpose) >> 1)


def draw(keys: Sequence[int], shape: Sequence[int], device: torch.device) -> Tensor:
    """Independent uniform integers in 0 .. 2^31 - 1, one block of `shape` a key.

    Two rounds of MurmurHash3's 32-bit finaliser over the place, each with half of the key.

    Args:
        keys: K keys.
        shape: of each block; fewer than 2^31 numbers.
        device: where to draw.

    Returns:
        Shape (K, *shape), int32.
    """
    halves = torch.tensor([[_signed(key >> 32), _signed(key)] for key in keys], dtype=torch.int32, device=device)
    count = int(torch.Size(shape).numel())
    x = torch.arange(count, dtype=torch.int32, device=device) ^ halves[:, :1]
    x = _mix(_mix(x).add_(halves[:, 1:]))
    return _shifted(x, 32 - BITS).view(len(keys), *shape)


def below(numbers: Tensor, limit: Tensor | int) -> Tensor:
    """Map draws to 0 .. limit - 1, each about equally likely (to limit / 2^31 of its probability); int64."""
    return (numbers.long() * limit) >> BITS


def standard_normal(numbers: Tensor) -> Tensor:
    """Map draws to standard normal numbers by the inverse of its distribution function; float64."""
    uniform = (numbers.double() + 0.5) / 2**BITS
    normal: Tensor = torch.special.ndtri(uniform)
    return normal


def _mix(x: Tensor) -> Tensor:
    x ^= _shifted(x, 16)
    x *= _signed(0x85EBCA6B)
    x ^= _shifted(x, 13)
    x *= _signed(0xC2B2AE35)
    x ^= _shifted(x, 16)
    return x


def _shifted(x: Tensor, places: int) -> Tensor:
    """Shift right with zeros; torch shifts the sign in."""
    return (x >> places).bitwise_and_((1 << (32 - places)) - 1)


def _signed(word: int) -> int:
    """The low 32 bits as a signed integer."""
    return (word & 0xFFFFFFFF) - ((word & 0x80000000) << 1)
