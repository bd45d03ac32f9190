"""A disk without room, which shows in more than one kind of exception, most of which do not say where."""

import errno
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

#: No room on the device, none in the user's share of it, or a file beyond what the process may write.
NUMBERS = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
#: The same in words of the C library (which safetensors quotes), and what numpy says of a short write.
WORDS = re.compile(r"No space left on device|Disk quota exceeded|File too large|\d+ requested and \d+ written")


class FullDiskError(OSError):
    """A file could not be written for lack of room; the message names it."""


def full_disk(error: BaseException) -> bool:
    """Whether an exception means that there is no room on the disk."""
    if isinstance(error, OSError) and error.errno in NUMBERS:
        return True
    # Not every library's exception is an OSError: that of safetensors is not.
    return isinstance(error, Exception) and WORDS.search(str(error)) is not None


@contextmanager
def naming_full_disk(path: Path, kept: str = "nothing of it is kept") -> Iterator[None]:
    """Where the disk is full, say so and of which file.

    Args:
        path: the file that the block writes.
        kept: what becomes of what was written of it.

    Raises:
        FullDiskError: in place of an exception of the block that means a full disk.
    """
    try:
        yield
    except Exception as error:
        if isinstance(error, FullDiskError) or not full_disk(error):
            raise
        raise FullDiskError(f"{path}: no space left on the disk ({kept}); make room and start again") from error
