"""What every script does around its one library call: log, show progress, leave a record; or fail with one message."""

import logging
import sys
import traceback
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TextIO

from scripts._record import record_of


@contextmanager
def job(snakemake: Any, beside: Iterable[Path] = ()) -> Iterator[TextIO]:
    """Send log lines to the rule's log file and to the terminal; turn an error into one line and exit status 1.

    Gives the log file, where alone the traceback goes: what a person sees names the file or key, what was found and
    expected. What succeeded is recorded, with files that the job may have left `beside` its outputs.
    """
    log = Path(snakemake.log[0])
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("w", encoding="utf-8") as file:
        handlers: list[logging.Handler] = [logging.StreamHandler(file), logging.StreamHandler(sys.stderr)]
        logging.basicConfig(level=logging.INFO, format="%(message)s", handlers=handlers, force=True)
        try:
            with record_of(snakemake, beside):
                yield file
        except Exception as error:  # noqa: BLE001 - the last line of defence of a job
            traceback.print_exc(file=file)
            name = "" if isinstance(error, (ValueError, OSError)) else f"{type(error).__name__}: "
            print(f"ERROR in {snakemake.rule}: {name}{error}\n  (traceback in {log})", file=sys.stderr)  # noqa: T201
            sys.exit(1)
