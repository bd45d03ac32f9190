"""A disk that is full."""

import os
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest


@dataclass
class Disk:
    """A small file system of its own."""

    folder: Path

    @property
    def _filler(self) -> Path:
        return self.folder / "filler"

    def fill(self) -> None:
        """Leave no room, though another empty file can still be made."""
        with self._filler.open("ab", buffering=0) as file:
            try:
                while file.write(bytes(4096)):
                    pass
            except OSError:
                return

    def make_room(self) -> None:
        """Give the room back."""
        self._filler.unlink()

    def names(self) -> list[str]:
        """Every other file on it."""
        files = [path for path in self.folder.rglob("*") if path.is_file() and path != self._filler]
        return sorted(path.relative_to(self.folder).as_posix() for path in files)


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Disk]:
    """A file system of 8 MiB in memory."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=8m,nr_inodes=2000", "tmpfs", str(folder)]
    done = subprocess.run(mount, capture_output=True, text=True, check=False) if os.geteuid() == 0 else None
    if done is None or done.returncode:
        pytest.skip(f"a file system of its own needs the right to mount: {done.stderr.strip() if done else 'not root'}")
    try:
        yield Disk(folder)
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)
