"""Stand-ins for text embeddings: what is left of a method's gain when the vectors say nothing of the items.

`shuffled` deals the same vectors out to other items: the spectrum stays, the meaning goes. `random` draws every entry
from N(0, 1): neither stays.
"""

from pathlib import Path
from typing import Literal

import numpy as np

from spectran.io import replacing
from spectran.spectra.matrix import read_embeddings

Surrogate = Literal["shuffled", "random"]
#: One draw for all: a control is no source of variance of its own.
SEED = 0


def write_surrogate(embeddings: Path, kind: Surrogate, path: Path) -> None:
    """Write a matrix of the same shape (N, l) and type.

    Args:
        embeddings: the text embeddings, an npy file.
        kind: what takes their place.
        path: where it goes.

    Raises:
        MatrixError: naming the file, if it is no matrix of finite non-zero rows.
    """
    rows = read_embeddings(embeddings)
    rng = np.random.default_rng(SEED)
    stand_in = rng.permutation(rows) if kind == "shuffled" else rng.standard_normal(rows.shape)
    with replacing(path) as temporary, temporary.open("wb") as file:
        np.save(file, stand_in.astype(np.float32), allow_pickle=False)
