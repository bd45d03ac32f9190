"""The item vectors of a trained cell, for a method of another cell that reads them (FreLLM4Rec reads a SASRec's)."""

from pathlib import Path

import numpy as np

from spectran.io import replacing
from spectran.models.recommender import Recommender
from spectran.spectra.cell import tables_of


def write_items(path: Path, model: Recommender) -> None:
    """Write the item table of the first member as an npy matrix of float32, shape (N, d)."""
    vectors = next(table for k, kind, table in tables_of(model) if (k, kind) == (0, "item"))
    with replacing(path) as temporary, temporary.open("wb") as file:
        np.save(file, vectors.astype(np.float32), allow_pickle=False)
