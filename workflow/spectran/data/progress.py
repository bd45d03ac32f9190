"""Progress lines at a readable pace."""

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
