"""Finished shards on disk, so that an interruption costs one shard at most."""

import hashlib
import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from spectran.io import read_json, replacing, write_json


class Shards:
    """A folder of shards that belong to one fingerprint; those of another are thrown away."""

    def __init__(self, folder: Path, identity: dict[str, Any]) -> None:
        """Open `folder` for what `identity` (plain JSON values) describes."""
        self.folder = folder
        text = json.dumps(identity, sort_keys=True, allow_nan=False)
        fingerprint = hashlib.sha256(text.encode()).hexdigest()
        mark = folder / "fingerprint.json"
        if not _holds(mark, fingerprint):
            shutil.rmtree(folder, ignore_errors=True)
            write_json(mark, fingerprint)

    def load(self, number: int, shape: tuple[int, int]) -> NDArray[np.float32] | None:
        """A finished shard (rows, l), or None if it is absent or damaged."""
        try:
            vectors = np.load(self._path(number), allow_pickle=False)
        except (OSError, ValueError, EOFError):
            return None
        return vectors if vectors.shape == shape and vectors.dtype == np.float32 else None

    def save(self, number: int, vectors: NDArray[np.float32]) -> None:
        """Keep a finished shard."""
        save_array(self._path(number), vectors)

    def remove(self) -> None:
        """Remove the folder: its shards are in the embeddings now."""
        shutil.rmtree(self.folder)

    def _path(self, number: int) -> Path:
        return self.folder / f"shard-{number:05d}.npy"


def save_array(path: Path, array: NDArray[np.float32]) -> None:
    """Write an npy file, whole or not at all."""
    with replacing(path) as temporary, temporary.open("wb") as file:
        np.save(file, array, allow_pickle=False)


def _holds(mark: Path, fingerprint: str) -> bool:
    try:
        return bool(read_json(mark) == fingerprint)
    except (OSError, ValueError):
        return False
