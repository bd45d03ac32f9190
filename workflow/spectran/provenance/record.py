"""The record of a job: what made which files from which, by which code, with which settings."""

import hashlib
import json
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from spectran.config.study import Study
from spectran.io import sha256_of, write_json
from spectran.provenance.environment import Environment

#: How the name of every record ends.
SUFFIX = "provenance.json"
_SEAL = "record_sha256"


class RecordError(ValueError):
    """A file is not the record of a job that its name promises."""


class _Plain(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Digest(_Plain):
    """Contents of a file."""

    sha256: str
    bytes: int


class StudyIdentity(_Plain):
    """A study by its name and the SHA-256 of its canonical JSON."""

    name: str
    sha256: str


class Record(_Plain):
    """What is known of one job.

    Attributes:
        record: path of the record itself; all paths are as the rule spells them, relative to the working directory.
        rule: the job's rule.
        wildcards: what the rule's wildcards stood for.
        commit: of the code; None outside a git checkout.
        clean: whether the tracked files were unchanged; None likewise.
        study: which study the job belonged to.
        settings: the rule's params.
        inputs: what was read.
        outputs: what was made, but for the record.
        environment: packages and versions.
        device: cpu or cuda, of a rule that may use a GPU; None for others.
        gpu: the GPU's model where one was used.
        seeds: every seed among the settings, by its key.
        started: date and time (UTC).
        seconds: that the job took.
    """

    record: str
    rule: str
    wildcards: dict[str, str]
    commit: str | None
    clean: bool | None
    study: StudyIdentity
    settings: dict[str, Any]
    inputs: dict[str, Digest]
    outputs: dict[str, Digest]
    environment: Environment
    device: str | None
    gpu: str | None
    seeds: dict[str, Any]
    started: str
    seconds: float


def write_record(path: Path, record: Record) -> None:
    """Write a record with a seal, by which an edited record is told from a whole one."""
    content = record.model_dump(mode="json")
    write_json(path, content | {_SEAL: _sha256_of_json(content)})


def read_record(path: Path) -> Record:
    """Read a record.

    Raises:
        RecordError: naming the file, if it is no record or not as it was written.
    """
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        seal = content.pop(_SEAL)
        record = Record.model_validate(content)
    except (OSError, ValueError, AttributeError, KeyError, TypeError) as error:
        raise RecordError(f"{path}: the record of a job expected, found something else ({_reason(error)})") from None
    if (found := _sha256_of_json(content)) != seal:
        raise RecordError(f"{path}: edited: the record's own sha256 {str(seal)[:12]} expected, found {found[:12]}")
    return record


def digest(path: Path) -> Digest:
    """Hash and size of a file."""
    return Digest(sha256=sha256_of(path), bytes=path.stat().st_size)


def identity_of(study: Study) -> StudyIdentity:
    """Name and hash of a study, whatever the order of its keys and whether it writes its defaults out."""
    return StudyIdentity(name=study.name, sha256=_sha256_of_json(study.model_dump(mode="json")))


def seeds_among(settings: Any, key: str = "") -> dict[str, Any]:
    """The settings whose names end in seed or seeds, by their dotted keys."""
    if not isinstance(settings, dict):
        return {}
    found: dict[str, Any] = {}
    for name, value in settings.items():
        if name.endswith(("seed", "seeds")) and value is not None:
            found[f"{key}{name}"] = value
        else:
            found |= seeds_among(value, f"{key}{name}.")
    return found


def _sha256_of_json(value: Any) -> str:
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    return hashlib.sha256(text.encode()).hexdigest()


def _reason(error: Exception) -> str:
    if isinstance(error, ValidationError):
        first = error.errors()[0]
        return f"{'.'.join(map(str, first['loc']))}: {first['msg']}"
    return str(error) or type(error).__name__
