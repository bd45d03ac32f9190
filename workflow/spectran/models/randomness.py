"""Counter-based random numbers: a number is a function of a key and its place, and of nothing drawn before.

Integer arithmetic alone, so that a CPU, a GPU, a pack of any size and a resumed run draw the same numbers.
"""

import hashlib
from collections.abc import Sequence

import torch
from torch import Tensor

#: Uniform integers have this many bits.
BITS = 31


def key_of(seed: int, *purpose: str | int) -> int:
    """A 64-bit key that depends on the root seed and the purpose only."""
    words = "/".join(map(str, (seed, *purpose))).encode()
    return int.from_bytes(hashlib.blake2b(words, digest_size=8).digest(), "big")


def stream(seed: int, *purpose: str | int) -> torch.Generator:
    """A generator on the CPU for draws that are made there whatever the device: initial values and orders."""
    return torch.Generator().manual_seed(key_of(seed, *purpose) >> 1)


def keys_of(seeds: Sequence[int], *purpose: str | int) -> Tensor:
    """Keys of many root seeds as `draw` wants them: two halves each, shape (K, 2), int32, on the CPU."""
    words = [key_of(seed, *purpose) for seed in seeds]
    return torch.tensor([[_signed(word >> 32), _signed(word)] for word in words], dtype=torch.int32)


def draw(keys: Tensor, counters: Tensor) -> Tensor:
    """Independent uniform 32-bit words, one for each key and counter.

    Two rounds of MurmurHash3's 32-bit finaliser over the counter, each with half of the key.

    Args:
        keys: shape (K, 2), int32.
        counters: places of the numbers, shape (K, ...), or (1, ...) if they are the same for every key; int32.

    Returns:
        Shape (K, ...), int32 of either sign.
    """
    first, second = (half.view(-1, *[1] * (counters.dim() - 1)) for half in keys.unbind(dim=1))
    return _mix(_mix(counters ^ first).add_(second))


def uniform(words: Tensor) -> Tensor:
    """Words as uniform integers in 0 .. 2^31 - 1."""
    return _shifted(words, 32 - BITS)


def below(numbers: Tensor, limit: Tensor | int) -> Tensor:
    """Map uniform integers to 0 .. limit - 1, each about equally likely (to limit / 2^31 of its probability); int64."""
    return (numbers.long() * limit) >> BITS


def standard_normal(numbers: Tensor) -> Tensor:
    """Map uniform integers to standard normal numbers by the inverse of its distribution function; float64."""
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
