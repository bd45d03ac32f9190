"""Reading and writing files: nothing half-written is ever seen under its final name."""

import hashlib
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from glob import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

from spectran.full_disk import naming_full_disk

if TYPE_CHECKING:  # planning the workflow needs no tables, and pandas takes a third of a second
    import pandas as pd


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """Give a temporary name beside `path`; rename it to `path` if the block succeeds, remove it if not.

    Whoever may read other new files of this process may read this one: safetensors writes files for the owner alone.

    Raises:
        FullDiskError: naming `path`, if there is no room for it.
    """
    temporary = path.with_name(f".{path.name}.{os.getpid()}.part")
    with naming_full_disk(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            temporary.touch()
            mode = temporary.stat().st_mode
            yield temporary
            if temporary.stat().st_mode != mode:
                temporary.chmod(mode)
            _reach_disk(temporary)
            temporary.replace(path)
        finally:
            temporary.unlink(missing_ok=True)


def _reach_disk(path: Path) -> None:
    """Wait until the disk has the file's contents: after a power cut a name must not stand for an empty file.

    The folder is not waited for. If the new name is lost with the power the file is missing, and made again.
    """
    file = os.open(path, os.O_RDONLY)
    try:
        os.fsync(file)
    finally:
        os.close(file)


def remove_leftovers(path: Path) -> None:
    """Remove the temporary files of `path` that a process left which was killed inside `replacing`."""
    for temporary in path.parent.glob(f".{escape(path.name)}.*.part"):
        temporary.unlink(missing_ok=True)


def write_json(path: Path, value: Any) -> None:
    """Write JSON with sorted keys, so that equal values are equal bytes; NaN is refused."""
    with replacing(path) as temporary:
        text = json.dumps(value, indent=2, sort_keys=True, ensure_ascii=False, allow_nan=False)
        temporary.write_text(text + "\n", encoding="utf-8")


def read_json(path: Path) -> Any:
    """Read JSON written by `write_json`."""
    return json.loads(path.read_text(encoding="utf-8"))


def write_parquet(path: Path, table: "pd.DataFrame") -> None:
    """Write a table without its index; equal tables are equal bytes."""
    with replacing(path) as temporary:
        table.to_parquet(temporary, index=False, compression="zstd")


def sha256_of(path: Path) -> str:
    """Hexadecimal SHA-256 of a file, read in pieces."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
