"""Runs work in a process of its own and says how it ended."""

import json
import multiprocessing
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing.connection import Connection
from multiprocessing.context import ForkProcess
from typing import Any

from spectran.supervision.child import serve
from spectran.supervision.failure import Failure

#: Seconds that a process has to end after its last words.
FAREWELL = 10.0


@dataclass(frozen=True)
class Limits:
    """What work may take; None where nothing is limited.

    Attributes:
        minutes: of wall time.
        memory_mb: MiB of data of the process, where the system keeps such a limit (Linux does).
    """

    minutes: float | None = None
    memory_mb: int | None = None


def run(work: Callable[[], None], limits: Limits) -> Failure | None:
    """Do the work in a forked process, to its end.

    The process ends with this one, however this one ends. Fork before any thread that works and before CUDA starts:
    neither survives in the copy.

    Args:
        work: what to do; what it leaves in memory is lost.
        limits: what it may take.

    Returns:
        None if the work returned, else why it did not.
    """
    context = multiprocessing.get_context("fork")
    lifeline, held = context.Pipe(duplex=False)
    report, words = context.Pipe(duplex=False)
    child = context.Process(target=serve, args=(work, limits.memory_mb, lifeline, held, words))
    with held, report, _ending_on_sigterm():
        child.start()
        try:
            lifeline.close()
            words.close()
            return _ended(child, report, limits)
        finally:
            child.kill()
            child.join()


def _ended(child: ForkProcess, report: Connection, limits: Limits) -> Failure | None:
    seconds = None if limits.minutes is None else 60 * limits.minutes
    if not report.poll(seconds):
        return Failure("time", f"took longer than compute.max_minutes, which is {limits.minutes:g}")
    try:
        found = json.loads(report.recv_bytes())
    except EOFError:
        child.join()
        return _silent(child.exitcode or 0)
    child.join(FAREWELL)
    if found is None:
        return None
    failure = Failure(**found)
    if failure.kind == "memory" and limits.memory_mb is not None:
        limit = f" (compute.max_memory_mb is {limits.memory_mb})"
        return Failure(failure.kind, failure.reason + limit, failure.traceback)
    return failure


def _silent(status: int) -> Failure:
    """Of a process that ended without a word."""
    if status >= 0:
        return Failure("error", f"the process ended with status {status} and said nothing")
    guess = ", most likely by the system for lack of memory" if -status == signal.SIGKILL else ""
    return Failure("killed", f"killed by signal {-status} ({signal.Signals(-status).name}){guess}")


@contextmanager
def _ending_on_sigterm() -> Iterator[None]:
    """Unwind on SIGTERM, so that the work is ended before this process is."""

    def end(number: int, _: Any) -> None:
        sys.exit(128 + number)

    before = signal.signal(signal.SIGTERM, end)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
