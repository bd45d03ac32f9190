"""Inputs that are younger than the clock says: it went back, or they came from a machine with another."""

import time
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

#: Seconds by which the clocks of machines that share a file system may differ.
TOLERATED = 60.0


class FutureInputError(ValueError):
    """A file is from the future."""


def refuse_future(paths: Iterable[Path]) -> None:
    """Refuse files from the future before the work: Snakemake would do so after it, and throw away what it gave.

    Raises:
        FutureInputError: naming the file and both times.
    """
    now = time.time()
    for path in paths:
        changed = path.stat().st_mtime
        if changed > now + TOLERATED:
            times = [datetime.fromtimestamp(second).isoformat(" ", "seconds") for second in (changed, now)]
            raise FutureInputError(
                f"{path}: a file from the past expected, found one of {times[0]} while the clock says {times[1]}: "
                "it went back, or the file came from elsewhere; set the clock, or give the file a time in the past "
                "(touch), then start again"
            )
