"""How slow a transfer may be, and how long a download may take, since a mirror that trickles is never silent."""

import time
from dataclasses import dataclass, field

from spectran.data.errors import DataError

#: Bytes a second, on average over the time that a mirror may stay silent; a slower mirror is left for the next.
SLOWEST = 1000


class SlowTransferError(DataError):
    """So little has come that waiting is of no use."""


class LongDownloadError(DataError):
    """The download took longer than it may."""


@dataclass
class Watch:
    """Looks after one download. Its clock is the machine's own, which no change of date moves.

    Attributes:
        seconds: over which the speed is looked at.
        hours: that the download may take, all mirrors together.
    """

    seconds: float
    hours: float
    _start: float = field(init=False)
    _since: float = field(init=False)
    _bytes: int = field(init=False, default=0)

    def __post_init__(self) -> None:
        """The download begins."""
        self._start = self._since = time.monotonic()

    def begin(self) -> None:
        """A transfer begins."""
        self._since, self._bytes = time.monotonic(), 0
        self._refuse_long()

    def received(self, count: int) -> None:
        """Bytes have come.

        Raises:
            SlowTransferError: if they come too slowly.
            LongDownloadError: if the download has taken too long.
        """
        self._bytes += count
        self._refuse_long()
        seconds = time.monotonic() - self._since
        if seconds < self.seconds:
            return
        if self._bytes < SLOWEST * seconds:
            raise SlowTransferError(
                f"too slow: {self._bytes} bytes in {seconds:.0f} s, at least {SLOWEST} a second expected"
            )
        self._since, self._bytes = time.monotonic(), 0

    def _refuse_long(self) -> None:
        if time.monotonic() - self._start >= 3600 * self.hours:
            raise LongDownloadError(f"not done after {self.hours:g} hours (max_hours)")
