"""The identity of unfinished work: what a checkpoint is valid for."""

import hashlib
import json
from collections.abc import Iterable
from importlib.metadata import version
from pathlib import Path
from typing import Any

from spectran.io import sha256_of
from spectran.provenance.code import version_of_code


def hash_inputs(paths: Iterable[Path]) -> dict[str, str]:
    """SHA-256 of every input file, by its path as the rule spells it."""
    return {path.as_posix(): sha256_of(path) for path in sorted(paths)}


def fingerprint(settings: dict[str, Any], inputs: dict[str, str], arithmetic: str) -> str:
    """Identity of settings, the contents of inputs, the code and the arithmetic (device type, threads).

    Unfinished work is taken up again only where it is the same, so that no result mixes two machines or two versions.
    """
    machine = [arithmetic, version("torch"), version("numpy")]
    key = json.dumps([settings, sorted(inputs.values()), version_of_code(), machine], sort_keys=True)
    return hashlib.sha256(key.encode()).hexdigest()
