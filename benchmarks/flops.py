"""Matrix work of an epoch, counted by formula: what no way of training can leave out.

Counted are multiplications and additions of matrix products, forward and twice that for the gradients of both factors,
of real positions, targets and keys alone; d is the dimension:

* SASRec, a position and block: Q, K, V and output 8 d^2, feed-forward 4 d^2, attention 4 d for each key that it reads;
* HSTU: u, v, q, k 8 d^2, output 2 d^2, attention as above;
* BERT4Rec: Q, K, V and output 8 d^2, feed-forward 16 d^2, attention to all positions; in the last block K and V
  of every position, the rest of masked ones alone, and 2 d^2 for each of these;
* a target: 2 d for each of its 1 + M candidates.

Optimiser, LayerNorm, dropout and random numbers are no matrix work, so that nobody reaches the matrix rate.
"""

import numpy as np
from numpy.typing import NDArray

from benchmarks.cells import DIM, TRAINING
from benchmarks.data import HISTORY, Corpus
from spectran.config.backbones import BERT4Rec

Lengths = NDArray[np.int64]
BLOCKS = 2
#: d^2 per position and block, forward.
SQUARES = {"sasrec": 12, "hstu": 10}


def epoch(corpus: Corpus, backbone: str) -> float:
    """FLOP of a training epoch of one member of Base."""
    lengths = np.array([min(len(sequence), HISTORY + 1) for sequence in corpus.train.sequences])
    if backbone == "bert4rec":
        forward, targets = _two_way(lengths)
    else:
        forward, targets = _causal(lengths - 1, SQUARES[backbone])
    assert isinstance(TRAINING.negatives, int)
    return 3 * (forward + 2 * DIM * (1 + TRAINING.negatives) * targets)


def _causal(positions: Lengths, squares: int) -> tuple[float, float]:
    """Forward FLOP of the blocks, and targets, which every position has."""
    keys = positions * (positions + 1) // 2
    each = squares * DIM**2 * positions + 4 * DIM * keys
    return float(BLOCKS * each.sum()), float(positions.sum())


def _two_way(lengths: Lengths) -> tuple[float, float]:
    """Forward FLOP of the blocks and the transform, and masked positions."""
    targets = masked(lengths)
    whole = 24 * DIM**2 * lengths + 4 * DIM * lengths**2
    last = 4 * DIM**2 * lengths + targets * (20 * DIM**2 + 4 * DIM * lengths)
    transform = 2 * DIM**2 * targets
    return float(((BLOCKS - 1) * whole + last + transform).sum()), float(targets.sum())


def masked(lengths: Lengths) -> NDArray[np.float64]:
    """Expected number of masked items of a user: a share of them, at least one, or the last one alone."""
    options = BERT4Rec()
    share, alone = options.mask_ratio, options.last_item_ratio
    several = share * lengths + (1 - share) ** lengths
    expected: NDArray[np.float64] = np.where(lengths > 1, alone + (1 - alone) * several, 0.0)
    return expected
