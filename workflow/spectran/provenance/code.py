"""Which version of the project's own code is at work."""

import hashlib
import subprocess
from pathlib import Path

#: The library; it lies two folders deep in the project.
LIBRARY = Path(__file__).resolve().parents[1]
PROJECT = LIBRARY.parents[1]


def version_of_code() -> str:
    """Hash of the library's own sources, so that a checkpoint of other code is not taken up."""
    digest = hashlib.sha256()
    for part in ("data", "evaluation", "models", "spectra", "training"):
        for source in sorted((LIBRARY / part).rglob("*.py")):
            digest.update(source.read_bytes())
    return digest.hexdigest()


def describe_code(folder: Path = LIBRARY) -> dict[str, str | bool | None]:
    """Commit of the checkout and whether its tracked files are unchanged; None outside a git checkout."""
    commit = _git(folder, "rev-parse", "HEAD")
    status = _git(folder, "status", "--porcelain", "--untracked-files=no")
    return {"commit": commit or None, "clean": None if status is None or not commit else status == ""}


def _git(folder: Path, *arguments: str) -> str | None:
    command = ["git", "-C", str(folder), *arguments]
    try:
        answer = subprocess.run(command, capture_output=True, text=True, check=True, timeout=30)  # noqa: S603 - fixed words
    except (OSError, subprocess.SubprocessError):
        return None
    return answer.stdout.strip()
