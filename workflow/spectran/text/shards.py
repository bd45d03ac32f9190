"""Finished shards on disk, so that an interruption costs one shard at most."""

import hashlib
import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from spectran.io import replacing
from spectran.sealed import load_tensors, save_tensors


class Shards:
    """A folder of shards, each sealed with the fingerprint of what it is valid for; those of another are not used."""

    def __init__(self, folder: Path, identity: dict[str, Any]) -> None:
        """Open `folder` for what `identity` (plain JSON values) describes."""
        self.folder = folder
        text = json.dumps(identity, sort_keys=True, allow_nan=False)
        self._fingerprint = hashlib.sha256(text.encode()).hexdigest()

    def load(self, number: int, shape: tuple[int, int]) -> NDArray[np.float32] | None:
        """A finished shard (rows, l), or None if it is absent, damaged or of another fingerprint."""
        found = load_tensors(self._path(number), self._fingerprint)
        if found is None:
            return None
        vectors: NDArray[np.float32] = found[0]["vectors"].numpy()
        return vectors if vectors.shape == shape and vectors.dtype == np.float32 else None

    def save(self, number: int, vectors: NDArray[np.float32]) -> None:
        """Keep a finished shard."""
        save_tensors(self._path(number), {"vectors": torch.from_numpy(vectors)}, {"fingerprint": self._fingerprint})

    def remove(self) -> None:
        """Remove the folder: its shards are in the embeddings now."""
        shutil.rmtree(self.folder, ignore_errors=True)

    def _path(self, number: int) -> Path:
        return self.folder / f"shard-{number:05d}.safetensors"


def save_array(path: Path, array: NDArray[np.float32]) -> None:
    """Write an npy file, whole or not at all."""
    with replacing(path) as temporary, temporary.open("wb") as file:
        np.save(file, array, allow_pickle=False)
