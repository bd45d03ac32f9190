"""Which of a study's files are missing: all that the target needs to name of those that others ask for anyway."""

import os
from collections import defaultdict
from collections.abc import Callable, Iterable
from pathlib import Path


def missing_files(files: Iterable[str], placed: Callable[[str], str] = str, *, asked: bool = False) -> list[str]:
    """Those of the files that are not there; of a folder with none of them the first alone, whose jobs bring the rest.

    A plan takes as long as files are named in it, and most studies are planned when nothing is there, or everything.

    Args:
        files: paths as the rules spell them.
        placed: where such a path is on disk.
        asked: whether other jobs ask for every folder's first file, so that a folder with none needs no naming.
    """
    folders: defaultdict[str, dict[str, None]] = defaultdict(dict)
    for file in files:
        folder, name = os.path.split(file)
        folders[folder][name] = None
    missing = []
    for folder, names in folders.items():
        there = _names(placed(folder))
        wanted = [name for name in names if name not in there]
        if len(wanted) == len(names):
            wanted = [] if asked else wanted[:1]
        missing += [f"{folder}/{name}" for name in wanted]
    return missing


def _names(folder: str) -> set[str]:
    try:
        return {path.name for path in Path(folder).iterdir()}
    except FileNotFoundError:
        return set()
