"""The random numbers of a training step in plain integers, written from what models/noise.py says of them."""

import numpy as np

from spectran.models.randomness import key_of

WORD = 2**32


def word_of(key, counter):
    """The finaliser lowbias32 over golden steps from half of the key on, and half of it after the first product."""
    x = (counter * 0x9E3779B9 + key[0]) % WORD
    x ^= x >> 16
    x = (x * 0x7FEB352D + key[1]) % WORD
    x ^= x >> 15
    x = x * 0x846CA68B % WORD
    return x ^ x >> 16


def halves(key):
    """A 64-bit key as two words."""
    return divmod(key, WORD)


def words(seed, epoch, step, number, rows, width):
    """Words of a step's draw of this number, from 0: shape (rows, width)."""
    of_step = halves(key_of(seed, "step", epoch, step))
    key = [word_of(of_step, 2 * number + half) for half in (0, 1)]
    return np.array([[word_of(key, row * width + column) for column in range(width)] for row in range(rows)])


def integers(seed, epoch, step, number, rows, width):
    """Uniform integers in 0 .. 2^31 - 1, shape (rows, width)."""
    return words(seed, epoch, step, number, rows, width) >> 1


def kept(seed, epoch, step, number, rows, width, rate):
    """What dropout multiplies by: shape (rows, width); a word serves two columns, its low half the first of them."""
    drawn = words(seed, epoch, step, number, rows, -(-width // 2))
    # As signed 16-bit numbers the halves are compared with the rate.
    fine = np.stack([drawn % 2**16, drawn >> 16], axis=-1).reshape(rows, -1)[:, :width]
    signed = fine - 2**16 * (fine >= 2**15)
    zeroed = round(rate * 2**16)
    return (signed >= zeroed - 2**15) * 2**16 / (2**16 - zeroed)
