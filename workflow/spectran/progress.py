"""Progress lines for long work: one every few seconds, readable in a log file and on a terminal."""

import logging
import time


class Pace:
    """Says when the next progress line is due, so that long work logs one line every few seconds."""

    def __init__(self, seconds: float = 5.0) -> None:
        self._seconds = seconds
        self._last = time.monotonic()

    def due(self) -> bool:
        """Whether `seconds` have passed since this last said yes (or since the start)."""
        now = time.monotonic()
        if now - self._last < self._seconds:
            return False
        self._last = now
        return True


class Progress:
    """Counts units of work and logs `label: done/total unit, rate, time left` at most every few seconds.

    Attributes:
        done: units finished so far.
    """

    def __init__(self, label: str, total: int, unit: str, *, done: int = 0, every: float = 5.0) -> None:
        self.label, self.total, self.unit = label, total, unit
        self.done = self._first = done
        self._start, self._pace = time.monotonic(), Pace(every)
        self._log = logging.getLogger(__name__)

    def advance(self, units: int = 1, note: str = "") -> None:
        """Count units; log when the last line is old enough or all is done."""
        self.done += units
        if not self._pace.due() and self.done < self.total:
            return
        rate = (self.done - self._first) / max(time.monotonic() - self._start, 1e-9)
        left = (self.total - self.done) / max(rate, 1e-9)
        tail = f", {note}" if note else ""
        message = "%s: %d/%d %s, %.3g %s/s, at most %.0f s left%s"
        self._log.info(message, self.label, self.done, self.total, self.unit, rate, self.unit, left, tail)
