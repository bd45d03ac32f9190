"""How files and settings are spelled in a record: as a reader on another machine can use them."""

import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from spectran.provenance.code import PROJECT

#: Snakemake reads a workflow's own files from copies of its own, whose names end in the original's.
_COPY = re.compile(r".*/source-cache/.*?/file(/.*)")


def spelled(path: str, working: Path, project: Path = PROJECT) -> str:
    """A path as it stands in a record.

    Relative to the working directory where the file is in it, else to the project. Others are spelled as the rule does,
    with ~ for the home folder, which tells a user's name.
    """
    if not Path(path).is_absolute():
        return path
    copy = _COPY.fullmatch(path)
    whole = os.path.normpath(copy[1] if copy else path)
    for name in (whole, os.path.realpath(whole)):
        for folder in (working, project):
            if name.startswith(f"{folder.as_posix()}/"):
                return Path(name).relative_to(folder).as_posix()
    return _without_home(whole)


def plain(value: Any) -> Any:
    """Settings as JSON gives them back, without the home folder in them."""
    if isinstance(value, Mapping):
        return {str(key): plain(entry) for key, entry in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(entry) for entry in value]
    if value is None or isinstance(value, (bool, int, float)):
        return value
    return _without_home(str(value))


def _without_home(text: str) -> str:
    home = Path.home().as_posix()
    return f"~{text.removeprefix(home)}" if text.startswith(f"{home}/") else text
