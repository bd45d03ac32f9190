"""Unfinished work on disk: tensors and facts in one sealed file, so that nothing goes on with what a disk spoiled."""

import hashlib
import json
import logging
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file
from torch import Tensor

from spectran.io import replacing

_log = logging.getLogger(__name__)


def save_tensors(path: Path, tensors: dict[str, Tensor], facts: dict[str, Any]) -> None:
    """Write tensors and facts into one safetensors file, which is whole or absent."""
    with replacing(path) as temporary:
        ready = {name: tensor.contiguous().cpu() for name, tensor in tensors.items()}
        text = json.dumps(facts)
        save_file(ready, temporary, metadata={"facts": text, "seal": _seal(ready, text)})


def load_tensors(path: Path, fingerprint: str) -> tuple[dict[str, Tensor], dict[str, Any]] | None:
    """Read what `save_tensors` wrote, or None if there is no such file, it is damaged, or it is of other settings.

    Args:
        path: the file.
        fingerprint: what stands in the facts under `fingerprint`, if the file is of these settings.
    """
    if not path.exists():
        return None
    try:
        with safe_open(path, framework="pt") as file:
            metadata = file.metadata() or {}
            facts: dict[str, Any] = json.loads(metadata["facts"])
            if facts["fingerprint"] != fingerprint:
                return None
            # Copies lie in memory as the originals did: what a matrix product rounds to can depend on the alignment.
            tensors = {name: file.get_tensor(name).clone() for name in file.keys()}  # noqa: SIM118 - not a dict
        if metadata["seal"] == _seal(tensors, metadata["facts"]):
            return tensors, facts
    except (SafetensorError, OSError, KeyError, ValueError, TypeError):
        pass  # whatever it is, the work is done again
    _log.warning("%s: damaged, so its work is done again", path)
    return None


def _seal(tensors: Mapping[str, Tensor], facts: str) -> str:
    """SHA-256 of the facts, and of every tensor's name, type, shape and bytes."""
    found = hashlib.sha256(facts.encode())
    for name, tensor in sorted(tensors.items()):
        found.update(f"{name} {tensor.dtype} {tuple(tensor.shape)}".encode())
        found.update(tensor.flatten().view(torch.uint8).numpy().data)
    return found.hexdigest()
