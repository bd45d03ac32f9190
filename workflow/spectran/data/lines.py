"""Gzip files read and written a line at a time."""

import gzip
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path

from spectran.data.errors import DataError
from spectran.data.unzipped import Unzipped
from spectran.io import replacing

#: Longest line read, in bytes; the release's longest are far below. Guards the parsers against a damaged file.
LONGEST_LINE = 4 * 2**20


def read_gzip_lines(path: Path) -> Iterator[tuple[int, str]]:
    """Yield (line number from 1, text without its line break) of a UTF-8 gzip file, as a stream.

    Raises:
        DataError: if the file is missing, not gzip, cut short, not UTF-8, or has a line beyond `LONGEST_LINE` bytes.
    """
    number = 0
    try:
        with Unzipped(path) as file:
            while raw := file.readline(LONGEST_LINE + 1):
                number += 1
                if len(raw) > LONGEST_LINE:
                    raise DataError(f"{path}, line {number}: at most {LONGEST_LINE} bytes expected, found more")
                yield number, raw.decode("utf-8").rstrip("\r\n")
    except FileNotFoundError:
        raise DataError(f"{path}: no such file") from None
    except UnicodeDecodeError as error:
        raise DataError(f"{path}, line {number}: UTF-8 text expected, found {error}") from None
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise DataError(f"{path}, after line {number}: a whole gzip file expected, found: {error}") from None


def write_gzip_lines(path: Path, lines: Iterable[str]) -> None:
    """Write UTF-8 lines to a gzip file without time or name in its header, so that equal lines are equal bytes."""
    with (
        replacing(path) as temporary,
        temporary.open("wb") as raw,
        gzip.GzipFile(filename="", mode="wb", fileobj=raw, compresslevel=6, mtime=0) as file,
    ):
        for line in lines:
            file.write(line.encode("utf-8") + b"\n")
