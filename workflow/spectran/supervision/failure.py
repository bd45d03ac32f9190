"""What a failure is called and what is said of it."""

import traceback
from dataclasses import asdict, dataclass
from typing import Any, Literal

from spectran.divergence import DivergedError
from spectran.exhaustion import out_of_memory
from spectran.gpu_failure import gpu_failure
from spectran.hiding import without_secrets

Kind = Literal["diverged", "error", "time", "memory", "killed"]

#: Characters of a reason, and of a traceback, that are kept.
REASON, TRACEBACK = 600, 20_000


@dataclass(frozen=True)
class Failure:
    """Why there is no result.

    Attributes:
        kind: diverged, error (any other exception), time, memory, or killed (by a signal).
        reason: one line for a person.
        traceback: for the log; nothing where no exception was seen.
    """

    kind: Kind
    reason: str
    traceback: str = ""

    @classmethod
    def of(cls, error: Exception) -> "Failure":
        """The failure that an exception means."""
        lines = without_secrets("".join(traceback.format_exception(error)))
        return cls(_kind(error), one_line(error), lines[-TRACEBACK:])

    def record(self) -> dict[str, Any]:
        """Plain values of all but the traceback."""
        return {key: value for key, value in asdict(self).items() if key != "traceback"}


def one_line(error: Exception) -> str:
    """What an exception says, in one line."""
    return short(" ".join(said_of(error).split()))


def said_of(error: Exception) -> str:
    """What an exception says to a person, secrets left out; led by its type where its message was not for one."""
    lost = None if out_of_memory(error) else gpu_failure(error)
    name = "" if isinstance(error, (ValueError, OSError)) else type(error).__name__
    return lost or without_secrets(": ".join(filter(None, [name, str(error)]))) or type(error).__name__


def short(line: str) -> str:
    """The line, cut to what is kept of a reason."""
    return line if len(line) <= REASON else f"{line[: REASON - 1]}…"


def _kind(error: Exception) -> Kind:
    if isinstance(error, DivergedError):
        return "diverged"
    return "memory" if out_of_memory(error) else "error"
