"""Failures on disk: one record of a cell's job beside its files, and a log of all failures the job ever had."""

import json
from datetime import UTC, datetime
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from spectran.io import write_json
from spectran.supervision.failure import Failure, Kind

SUFFIX = ".failure.json"


class Record(BaseModel):
    """A job of a cell that has no result.

    Attributes:
        rule: the job's rule.
        label: the cell, for a person.
        kind: see `Failure`.
        reason: see `Failure`.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    rule: str
    label: str
    kind: Kind
    reason: str


def record_path(folder: Path, rule: str) -> Path:
    """Where the record of a cell's job is."""
    return folder / f"{rule}{SUFFIX}"


def write_record(folder: Path, record: Record) -> None:
    """Write a failure beside the cell's files; it holds no times, so that equal failures are equal bytes."""
    write_json(record_path(folder, record.rule), record.model_dump())


def read_failures(folder: Path) -> list[Record]:
    """The jobs of a cell that failed, by rule; none if the cell is whole.

    Raises:
        ValueError: naming the file, if it is no such record.
    """
    found = []
    for path in sorted(folder.glob(f"*{SUFFIX}")):
        try:
            found.append(Record.model_validate_json(path.read_bytes()))
        except ValueError:
            raise ValueError(f"{path}: the record of a failure expected, found something else") from None
    return found


def failures_log(log: Path) -> Path:
    """Where the failures of a job with this log are listed: they outlive the log, which every run writes anew."""
    return log.with_suffix(".failures.jsonl")


def note_failure(log: Path, failure: Failure) -> None:
    """Append a line to the log of a job's failures."""
    log.parent.mkdir(parents=True, exist_ok=True)
    entry = {"time": datetime.now(UTC).isoformat(timespec="seconds")} | failure.record()
    with log.open("a", encoding="utf-8") as file:
        file.write(json.dumps(entry, ensure_ascii=False) + "\n")


def count_failures(log: Path) -> int:
    """How often a job has failed, by its log."""
    if not log.exists():
        return 0
    with log.open(encoding="utf-8") as file:
        return sum(1 for _ in file)
