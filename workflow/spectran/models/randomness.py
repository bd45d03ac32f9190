"""Counter-based random numbers: a number is a function of a key and its place, and of nothing drawn before.

Integer arithmetic alone, so that a CPU, a GPU, a pack of any size and a resumed run draw the same numbers.
"""

import hashlib
from collections.abc import Sequence

import torch
from torch import Tensor

#: Uniform integers have this many bits.
BITS = 31


def _signed(word: int) -> int:
    """The low 32 bits as a signed integer."""
    return (word & 0xFFFFFFFF) - ((word & 0x80000000) << 1)


def _constant(word: int) -> Tensor:
    """A word that meets int32 tensors of any device as it is; a Python integer is cast by every operation."""
    return torch.tensor(_signed(word), dtype=torch.int32)


GOLDEN, FIRST_FACTOR, SECOND_FACTOR = _constant(0x9E3779B9), _constant(0x7FEB352D), _constant(0x846CA68B)
#: Places to shift right by, and what is left of a word then.
SHIFTS = {places: (_constant(places), _constant(2 ** (32 - places) - 1)) for places in (32 - BITS, 15, 16)}


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


def draw(keys: Tensor, places: Tensor, width: int = 1) -> Tensor:
    """Independent uniform 32-bit words: a row of them for each key and place.

    Built as SplitMix (Steele, Lea and Flood, OOPSLA 2014): half of the key plus golden-ratio steps, as many as the
    counter place * width + column says, mixed by a finaliser: lowbias32 (Wellons, github.com/skeeto/hash-prospector).
    Without the steps lowbias32 fails chi-square tests of neighbours. The other half of the key is added after its first
    product: else the words of two keys would now and then be the same ones from different places on. Halves should be
    random words themselves, as `keys_of` and this function give them: one bit of the second does not reach every bit.

    Args:
        keys: shape (K, 2), int32.
        places: numbers of the rows, shape (K, rows), or (1, rows) if they are the same for every key; integers.
        width: words of a row.

    Returns:
        Shape (K, rows, width), int32 of either sign.
    """
    first, second = keys[:, None].split(1, dim=-1)
    starts = torch.mul(places.to(torch.int32), width)[..., None] * GOLDEN + first
    x: Tensor = starts + torch.arange(width, dtype=torch.int32, device=keys.device) * GOLDEN
    x ^= _shifted(x, 16)
    x *= FIRST_FACTOR
    x += second
    x ^= _shifted(x, 15)
    x *= SECOND_FACTOR
    x ^= _shifted(x, 16)
    return x


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


def _shifted(x: Tensor, places: int) -> Tensor:
    """Shift right with zeros; torch shifts the sign in."""
    shift, mask = SHIFTS[places]
    return (x >> shift).bitwise_and_(mask)
