"""The side of the supervised process: its limits, its lifeline, and its last words."""

import json
import os
import resource
import signal
import threading
from collections.abc import Callable
from dataclasses import asdict
from multiprocessing.connection import Connection

from spectran.supervision.failure import Failure


def serve(
    work: Callable[[], None], memory_mb: int | None, lifeline: Connection, held: Connection, words: Connection
) -> None:
    """Do the work and say how it ended: null, or the failure, as JSON.

    Args:
        work: what to do.
        memory_mb: data that this process may hold, in MiB, where the system keeps such a limit (Linux does).
        lifeline: reads nothing until the supervisor is gone.
        held: the supervisor's end of the lifeline, of which this process has a copy.
        words: where the last words go.
    """
    # Ctrl-C reaches both; it is the supervisor's to answer.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    held.close()
    threading.Thread(target=_die_with, args=(lifeline,), daemon=True).start()
    before = resource.getrlimit(resource.RLIMIT_DATA)
    try:
        if memory_mb is not None:
            resource.setrlimit(resource.RLIMIT_DATA, (memory_mb * 2**20, before[1]))
        work()
        failure = None
    except Exception as error:  # noqa: BLE001 - whatever it is, the supervisor says so
        resource.setrlimit(resource.RLIMIT_DATA, before)
        failure = Failure.of(error)
    words.send_bytes(json.dumps(failure and asdict(failure)).encode())


def _die_with(lifeline: Connection) -> None:
    """End this process when the other end of the lifeline is closed, as it is when the supervisor ends, however."""
    try:
        lifeline.recv_bytes()
    except EOFError:
        os._exit(1)
