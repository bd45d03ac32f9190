"""Gzip files read as a stream, and no further than an honest file goes."""

import gzip
from pathlib import Path

from spectran.data.errors import DataError

#: A file may unpack to so many times its size; reviews and metadata unpack to 3 to 10 times theirs.
MOST_TIMES = 100
#: Bytes that a file may unpack to however small it is.
ANY_CASE = 64 * 2**20


class OverfullError(DataError):
    """A file holds far more than its size lets one expect."""


class Unzipped(gzip.GzipFile):
    """A gzip file to read. One made to fill memory or time is refused while it is read."""

    def __init__(self, path: Path) -> None:
        super().__init__(path, "rb")
        self._read_from, self._zipped, self._got = path, path.stat().st_size, 0

    def read(self, size: int | None = -1) -> bytes:
        """Read bytes; see `gzip.GzipFile`.

        Raises:
            OverfullError: if the file unpacks to more than `MOST_TIMES` its size and more than `ANY_CASE`.
        """
        return self._counted(super().read(size))

    def readline(self, size: int | None = -1) -> bytes:
        """Read a line; see `gzip.GzipFile`.

        Raises:
            OverfullError: as `read` does.
        """
        return self._counted(super().readline(size))

    def _counted(self, piece: bytes) -> bytes:
        self._got += len(piece)
        if self._got > max(MOST_TIMES * self._zipped, ANY_CASE):
            most = f"at most {MOST_TIMES} times its {self._zipped} bytes"
            raise OverfullError(f"{self._read_from}: a file that unpacks to {most} expected, found more")
        return piece
