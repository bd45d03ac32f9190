"""Recording a job while it runs."""

import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from spectran.config.study import Study
from spectran.provenance.code import describe_code
from spectran.provenance.environment import describe_environment
from spectran.provenance.future import refuse_future
from spectran.provenance.record import Digest, Record, digest, identity_of, seeds_among, write_record
from spectran.provenance.spelling import plain, spelled
from spectran.provenance.whole import refuse_changed

#: Device and GPU model, asked when the work is done.
Device = tuple[str | None, str | None]


@dataclass(frozen=True)
class Job:
    """One job of a rule.

    Attributes:
        rule: its name.
        wildcards: what they stand for.
        settings: the rule's params.
        study: the study that it belongs to.
        inputs: files that it reads, as the rule spells them.
        outputs: files that it makes, but for the record.
        record: where the record goes.
        beside: files that it may make beside those.
    """

    rule: str
    wildcards: Mapping[str, str]
    settings: Mapping[str, Any]
    study: Study
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    record: str
    beside: tuple[str, ...] = ()


@contextmanager
def recorded(job: Job, device: Callable[[], Device] = lambda: (None, None)) -> Iterator[None]:
    """Write the record of a job once the block has succeeded.

    Inputs are hashed before the work, code is looked up likewise: what the work reads is what the record says, though
    somebody edits it meanwhile.

    Args:
        job: what runs in the block.
        device: where it ran.

    Raises:
        FutureInputError: if an input is younger than the clock says.
        ChangedInputError: if an input is not what an earlier job made.
    """
    refuse_future(_places(job.inputs).values())
    started, clock = datetime.now(UTC), time.perf_counter()
    inputs, code = _digests(job.inputs), describe_code()
    refuse_changed(inputs, _places(job.inputs))
    yield
    settings = plain(job.settings)
    made = [*job.outputs, *(path for path in job.beside if Path(path).exists())]
    kind, gpu = device()
    record = Record(
        record=job.record,
        rule=job.rule,
        wildcards=dict(job.wildcards),
        **code,
        study=identity_of(job.study),
        settings=settings,
        inputs=inputs,
        outputs=_digests(made),
        environment=describe_environment(),
        device=kind,
        gpu=gpu,
        seeds=seeds_among(settings),
        started=started.isoformat(timespec="milliseconds"),
        seconds=round(time.perf_counter() - clock, 3),
    )
    write_record(Path(job.record), record)


def _digests(paths: Iterable[str]) -> dict[str, Digest]:
    return {spelling: digest(path) for spelling, path in _places(paths).items()}


def _places(paths: Iterable[str]) -> dict[str, Path]:
    """Where each file lies, by its path as records spell it."""
    working = Path.cwd()
    return {spelled(path, working): Path(path) for path in sorted(set(paths))}
