"""The jobs behind a file, back to the raw inputs."""

from collections.abc import Iterator
from dataclasses import dataclass
from graphlib import TopologicalSorter
from itertools import groupby

from spectran.provenance.record import Digest, Record
from spectran.provenance.results import Results


@dataclass(frozen=True)
class Seen:
    """A file that a job read or made.

    Attributes:
        path: as records spell it.
        sha256: at the time, its first digits.
        state: ok, CHANGED or MISSING, of what lies there now.
    """

    path: str
    sha256: str
    state: str


def chain(results: Results, path: str) -> list[Record]:
    """The job that made a file, the jobs that made what it read, and so on; each before those that it read from."""
    found: dict[str, Record] = {}
    waiting = [path]
    while waiting:
        maker = results.makers.get(waiting.pop())
        if maker is not None and maker.record not in found:
            found[maker.record] = maker
            waiting += maker.inputs
    # By what they read, not by their clocks: jobs that start within one tick, or on two machines, have no order there.
    makers = {
        job.record: [results.makers[name].record for name in job.inputs if name in results.makers]
        for job in results.records
        if job.record in found
    }
    return [found[record] for record in reversed(list(TopologicalSorter(makers).static_order()))]


def by_rule(jobs: list[Record], most: int) -> Iterator[list[Record]]:
    """The jobs one by one, but those of a rule with more than `most` of them together."""
    for _, group in groupby(sorted(jobs, key=lambda job: _last(job, jobs)), key=lambda job: job.rule):
        same = list(group)
        yield from [same] if len(same) > most else [[job] for job in same]


def files_of(results: Results, job: Record) -> tuple[list[Seen], list[Seen]]:
    """What a job read, and what it made."""
    return _seen(results, job.inputs), _seen(results, job.outputs)


def _last(job: Record, jobs: list[Record]) -> int:
    """Where the first of the rule's jobs stands, so that sorting by it keeps the order and brings a rule together."""
    return next(number for number, other in enumerate(jobs) if other.rule == job.rule)


def _seen(results: Results, files: dict[str, Digest]) -> list[Seen]:
    def state(path: str, then: Digest) -> str:
        now = results.found(path, then)
        return "MISSING" if now is None else "ok" if now == then else "CHANGED"

    return [Seen(path, then.sha256[:12], state(path, then)) for path, then in files.items()]
