"""Where a result comes from: code, settings, inputs, versions, machine and time."""

import hashlib
import json
import platform
import subprocess
from collections.abc import Iterable
from importlib.metadata import version
from pathlib import Path
from typing import Any

from spectran.io import sha256_of

LIBRARIES = ("torch", "numpy", "scipy", "pandas", "transformers", "snakemake")


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


def version_of_code() -> str:
    """Hash of the library's own sources, so that a checkpoint of other code is not taken up."""
    digest = hashlib.sha256()
    root = Path(__file__).parent
    for part in ("data", "evaluation", "models", "spectra", "training"):
        for source in sorted((root / part).rglob("*.py")):
            digest.update(source.read_bytes())
    return digest.hexdigest()


def describe_code() -> dict[str, str | bool | None]:
    """Commit of the checkout and whether its tracked files are unchanged; None outside a git checkout."""
    commit = _git("rev-parse", "HEAD")
    status = _git("status", "--porcelain", "--untracked-files=no")
    return {"commit": commit or None, "clean": None if status is None or not commit else status == ""}


def describe_machine(device: str) -> dict[str, Any]:
    """Versions and device; no host or user names."""
    versions = {name: version(name) for name in LIBRARIES} | {"python": platform.python_version()}
    return {"device": device, "platform": f"{platform.system()} {platform.machine()}", "versions": versions}


def _git(*arguments: str) -> str | None:
    command = ["git", "-C", str(Path(__file__).parent), *arguments]
    try:
        answer = subprocess.run(command, capture_output=True, text=True, check=True, timeout=30)  # noqa: S603 - fixed words
    except (OSError, subprocess.SubprocessError):
        return None
    return answer.stdout.strip()
