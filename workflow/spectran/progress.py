"""Progress lines for long work: one every few seconds, readable in a log file and on a terminal."""

import logging
import time


class Progress:
    """Counts units of work and logs `label: done/total unit, rate, time left` at most every few seconds.

    Attributes:
        done: units finished so far.
    """

    def __init__(self, label: str, total: int, unit: str, *, done: int = 0, every: float = 5.0) -> None:
        self.label, self.total, self.unit, self.every = label, total, unit, every
        self.done = self._first = done
        self._start = self._last = time.monotonic()
        self._log = logging.getLogger(__name__)

    def advance(self, units: int = 1, note: str = "") -> None:
        """Count units; log when the last line is old enough or all is done."""
        self.done += units
        now = time.monotonic()
        if now - self._last < self.every and self.done < self.total:
            return
        self._last = now
        rate = (self.done - self._first) / max(now - self._start, 1e-9)
        left = (self.total - self.done) / max(rate, 1e-9)
        tail = f", {note}" if note else ""
        message = "%s: %d/%d %s, %.3g %s/s, at most %.0f s left%s"
        self._log.info(message, self.label, self.done, self.total, self.unit, rate, self.unit, left, tail)
