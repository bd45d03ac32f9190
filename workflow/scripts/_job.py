"""What every script does around its one library call: log, show progress, and fail with one clear message."""

import logging
import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any


@contextmanager
def job(snakemake: Any) -> Iterator[None]:
    """Send log lines to the rule's log file and to the terminal; turn an error into one line and exit status 1.

    The traceback goes to the log file only: what a person sees names the file or key, what was found and expected.
    """
    log = Path(snakemake.log[0])
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("w", encoding="utf-8") as file:
        handlers: list[logging.Handler] = [logging.StreamHandler(file), logging.StreamHandler(sys.stderr)]
        logging.basicConfig(level=logging.INFO, format="%(message)s", handlers=handlers, force=True)
        try:
            yield
        except Exception as error:  # noqa: BLE001 - the last line of defence of a job
            traceback.print_exc(file=file)
            name = "" if isinstance(error, (ValueError, OSError)) else f"{type(error).__name__}: "
            print(f"ERROR in {snakemake.rule}: {name}{error}\n  (traceback in {log})", file=sys.stderr)  # noqa: T201
            sys.exit(1)
