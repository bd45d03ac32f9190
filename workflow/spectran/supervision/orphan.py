"""A job ends with the Snakemake that started it, however that one ends: nobody would use what it goes on writing."""

import os
import signal
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psutil

#: Snakemake starts scripts through one of these.
SHELLS = frozenset({"bash", "sh", "dash", "ash", "zsh", "ksh"})
#: Seconds between two looks, and that work has to remove what it had half written.
EVERY, GRACE = 0.5, 10.0


@contextmanager
def ending_with_starter() -> Iterator[None]:
    """End this process, by SIGTERM's way, once what started it is gone; SIGTERM itself unwinds the block too."""
    before = signal.signal(signal.SIGTERM, _unwind)
    over = threading.Event()
    threading.Thread(target=_watch, args=(_link(), over), daemon=True).start()
    try:
        yield
    finally:
        over.set()
        signal.signal(signal.SIGTERM, before)


def _unwind(number: int, _: Any) -> None:
    sys.exit(128 + number)


def _link() -> tuple[psutil.Process, int]:
    """The process whose parent Snakemake is, this one or the shell it runs in, and that parent's number."""
    own = psutil.Process()
    parent = own.parent()
    if parent is not None and parent.name() in SHELLS:
        own = parent
    return own, own.ppid()


def _watch(link: tuple[psutil.Process, int], over: threading.Event) -> None:
    child, starter = link
    while not over.wait(EVERY):
        if _parent_of(child) == starter:
            continue
        os.kill(os.getpid(), signal.SIGTERM)
        # Python answers a signal between two of its own steps; one step may be a long computation.
        time.sleep(GRACE)
        os.kill(os.getpid(), signal.SIGKILL)


def _parent_of(process: psutil.Process) -> int | None:
    """A process whose parent has ended belongs to another at once, though nobody has asked for the parent's status."""
    try:
        return int(process.ppid())
    except psutil.Error:
        return None
