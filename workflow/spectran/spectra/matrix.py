"""Matrices of item vectors, text embeddings above all: the one way in which they are read, and what must be true."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

Matrix = NDArray[np.float64]


class MatrixError(ValueError):
    """A file that is no usable matrix of item vectors."""


def unit_rows(embeddings: NDArray[np.floating], name: str = "embeddings") -> Matrix:
    """Scale every row to length 1, in float64.

    Table 6's principal weights are of the size of sigma_1 of unit rows; raw LLaMA3 states would be a hundred
    times larger.

    Args:
        embeddings: text embeddings, shape (N, l).
        name: what they are called in the message.

    Raises:
        MatrixError: if a row is zero or not finite, naming the row.
    """
    rows = embeddings.astype(np.float64)
    norms = np.linalg.norm(rows, axis=1)
    bad = np.flatnonzero(~np.isfinite(norms) | (norms == 0))
    if bad.size:
        raise MatrixError(f"{name}: finite non-zero rows expected, found {bad.size} others, the first is row {bad[0]}")
    unit: Matrix = rows / norms[:, None]
    return unit


def read_matrix(path: Path) -> NDArray[np.floating]:
    """Read an npy matrix as it is.

    Args:
        path: a plain npy file of floating-point numbers, shape (N, l).

    Raises:
        MatrixError: naming the file and what is wrong with it.
        OSError: if the file cannot be opened.
    """
    with path.open("rb") as file:
        try:
            # Not numpy.load, which also opens archives, and whose messages advise unpickling.
            array: NDArray[np.floating] = np.lib.format.read_array(file, allow_pickle=False)
        except ValueError:
            raise MatrixError(
                f"{path}: not a plain npy matrix (a whole file as numpy.save writes it expected)"
            ) from None
    if array.ndim != 2 or array.size == 0:
        raise MatrixError(f"{path}: a matrix of shape (items, width) expected, found shape {array.shape}")
    if not np.issubdtype(array.dtype, np.floating):
        raise MatrixError(f"{path}: floating-point numbers expected, found {array.dtype}")
    return array


def read_embeddings(path: Path) -> Matrix:
    """Read an npy matrix and scale every row to length 1.

    Args:
        path: see `read_matrix`.

    Returns:
        Unit rows, shape (N, l).

    Raises:
        MatrixError: naming the file and what is wrong with it.
        OSError: if the file cannot be opened.
    """
    return unit_rows(read_matrix(path), str(path))
