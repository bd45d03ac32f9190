"""What every script does around its one library call: log, show progress, leave a record; or fail with one message."""

import logging
import sys
import traceback
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, TextIO

from scripts._collector import collect_from_now
from scripts._gpu import take_gpu
from scripts._record import record_of
from spectran.hiding import without_secrets
from spectran.io import remove_leftovers
from spectran.supervision.failure import said_of
from spectran.supervision.orphan import ending_with_starter


@contextmanager
def job(snakemake: Any, beside: Iterable[Path] = (), reads: Iterable[Path] = ()) -> Iterator[TextIO]:
    """Send log lines to the rule's log file and to the terminal; turn an error into one line and exit status 1.

    Gives the log file, where alone the traceback goes: what a person sees names the file or key, what was found and
    expected. What succeeded is recorded, with files that the job may have left `beside` its outputs, and those that it
    `reads` beside its inputs. A job that asks for a GPU waits for one first. A job whose Snakemake is killed ends.
    """
    collect_from_now()
    # A log line that finds no room on the disk is not worth more lines, nor the job.
    logging.raiseExceptions = False
    log = Path(snakemake.log[0])
    log.parent.mkdir(parents=True, exist_ok=True)
    with _opened(log) as file:
        handlers: list[logging.Handler] = [logging.StreamHandler(file), logging.StreamHandler(sys.stderr)]
        for handler in handlers:
            handler.setFormatter(_Discreet("%(message)s"))
        logging.basicConfig(level=logging.INFO, handlers=handlers, force=True)
        try:
            with ending_with_starter():
                for path in snakemake.output:
                    remove_leftovers(Path(path))  # of a run that was killed, or had its power cut
                take_gpu(snakemake)
                with record_of(snakemake, beside, reads):
                    yield file
        except Exception as error:  # noqa: BLE001 - the last line of defence of a job
            print(f"ERROR in {snakemake.rule}: {said_of(error)}\n  (traceback in {log})", file=sys.stderr)  # noqa: T201
            with suppress(OSError):  # the disk may be full
                file.write(without_secrets(traceback.format_exc()))
                file.flush()
            sys.exit(1)


class _Discreet(logging.Formatter):
    """Hides secrets: libraries log whole URLs, and a server may send a token back in what it says."""

    def format(self, record: logging.LogRecord) -> str:
        return without_secrets(super().format(record))


@contextmanager
def _opened(log: Path) -> Iterator[TextIO]:
    file = log.open("w", encoding="utf-8")
    try:
        yield file
    finally:
        with suppress(OSError):  # the disk may be full
            file.close()
