"""A job of a cell: whatever becomes of it, its outputs are there and others go on; what failed is left empty."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from spectran.io import remove_leftovers
from spectran.supervision.failure import Failure, short
from spectran.supervision.ledger import Record, note_failure, read_failures, record_path, write_record
from spectran.supervision.run import Limits, run

#: Kinds of failures that more memory may mend.
MENDED = frozenset({"memory", "killed"})

_log = logging.getLogger(__name__)


class TryAgainError(ValueError):
    """A job that failed and will be tried again, with more memory."""


@dataclass(frozen=True)
class CellJob:
    """One rule's job for one cell.

    Attributes:
        rule: name of the rule.
        label: the cell, for a person.
        folder: the cell's folder, where all outputs are.
        inputs: files that it reads.
        outputs: files that it makes.
        kept: outputs that are of use though the job failed: what there is of them stays.
        failures: log of the job's failures.
        attempt: which try it is, from 1.
        attempts: how many tries there are.
    """

    rule: str
    label: str
    folder: Path
    inputs: tuple[Path, ...]
    outputs: tuple[Path, ...]
    kept: tuple[Path, ...]
    failures: Path
    attempt: int = 1
    attempts: int = 1

    def run(self, work: Callable[[], None], limits: Limits) -> Failure | None:
        """Do the work, in a process of its own, and leave every output made or empty.

        Nothing is done where an input out of the cell's own folder is empty: an earlier job of the cell failed, and has
        said so. Where one from elsewhere is empty a job of another cell failed, and that is this one's failure.

        What ran out of memory or was killed counts as failed in the last attempt only. Before, nothing is left but its
        record, and it is no entry in the log: that would run the job again though a later attempt has succeeded.

        Args:
            work: makes the outputs.
            limits: what it may take.

        Returns:
            Why there is no result, if the work failed.

        Raises:
            TryAgainError: if more memory may mend it and there are attempts left.
        """
        record_path(self.folder, self.rule).unlink(missing_ok=True)
        self._tidy()
        empty = [path for path in self.inputs if path.stat().st_size == 0]
        own = next((path for path in empty if path.parent == self.folder), None)
        if own is not None:
            _log.warning("%s: nothing done, for an earlier job of the cell failed and %s is empty", self.label, own)
            self._leave_empty(kept=())
            return None
        failure = _failed_elsewhere(empty[0]) if empty else run(work, limits)
        if failure is not None:
            self._tidy()
            record = Record(rule=self.rule, label=self.label, kind=failure.kind, reason=failure.reason)
            write_record(self.folder, record)
            if failure.kind in MENDED and self.attempt < self.attempts:
                self._remove()
                said = f"{self.label}: attempt {self.attempt} of {self.attempts} failed ({failure.kind})"
                raise TryAgainError(f"{said}: {failure.reason}")
            self._leave_empty(self.kept)
            note_failure(self.failures, failure)
            _log.error("%s: %s failed (%s): %s", self.label, self.rule, failure.kind, failure.reason)
        return failure

    def _tidy(self) -> None:
        """Remove what a killed process had half written."""
        for path in self.outputs:
            remove_leftovers(path)

    def _remove(self) -> None:
        for path in self.outputs:
            path.unlink(missing_ok=True)

    def _leave_empty(self, kept: tuple[Path, ...]) -> None:
        for path in self.outputs:
            if path in kept and path.exists():
                continue
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(b"")


def _failed_elsewhere(empty: Path) -> Failure:
    """What is said of an empty file that a job of another cell has left, with the reasons beside it."""
    said = "; ".join(f"{record.label}: {record.reason}" for record in read_failures(empty.parent))
    reason = f"{empty} is empty, for the job that makes it failed" + (said and f": {said}")
    return Failure("error", short(reason))
