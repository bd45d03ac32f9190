"""What can be wrong with finished results, by their records."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from spectran.config.study import Study
from spectran.provenance.differences import study_differences
from spectran.provenance.record import SUFFIX, Digest, Record
from spectran.provenance.results import Results


@dataclass(frozen=True, order=True)
class Finding:
    """One thing that is wrong.

    Attributes:
        path: the file, or the study's key.
        said: what was found and what was expected.
    """

    path: str
    said: str

    def __str__(self) -> str:
        return f"{self.path}: {self.said}"


def check(results: Results, study: Study | None = None, left_out: Collection[str] = ()) -> Iterator[Finding]:
    """Every finding.

    Args:
        results: the results.
        study: what they should have been made with, if it is known.
        left_out: files that need not be there.
    """
    for path, reason in results.unreadable.items():
        yield Finding(path, f"corrupted: {reason}")
    sources: set[tuple[str, Digest]] = set()
    for record in results.jobs():
        yield from _outputs(results, record, left_out)
        yield from _inputs(results, record, left_out, sources)
    yield from _not_recorded(results)
    if study is not None:
        for key, said in study_differences(study, results.jobs()):
            yield Finding(key, said)


def short(found: Digest) -> str:
    """The first digits of a hash, enough for the eye."""
    return found.sha256[:12]


def _outputs(results: Results, record: Record, left_out: Collection[str]) -> Iterator[Finding]:
    for path, expected in record.outputs.items():
        if results.makers[path] is record and path not in left_out:
            yield from _contents(results, path, expected, f"{record.rule} made it")


def _inputs(
    results: Results, record: Record, left_out: Collection[str], sources: set[tuple[str, Digest]]
) -> Iterator[Finding]:
    """Findings about what a job read; `sources` are files that no job made and that were looked at already."""
    for path, read in record.inputs.items():
        maker = results.makers.get(path)
        made = next(iter(record.outputs), record.record)
        if path in results.unreadable or path in left_out:
            continue  # said already, or not there to be checked
        if maker is None:
            # From outside, or itself a record: nothing else says what it should be.
            if (path, read) in sources:
                continue
            sources.add((path, read))
            yield from _contents(results, path, read, f"{record.rule} read it for {made}")
        elif maker.outputs[path] != read:
            yield Finding(
                made,
                f"made from another version of {path}: sha256 {short(read)} when {record.rule} read it, "
                f"{short(maker.outputs[path])} since {maker.rule} of {maker.started}",
            )


def _contents(results: Results, path: str, expected: Digest, when: str) -> Iterator[Finding]:
    found = results.found(path, expected)
    if found is None:
        yield Finding(path, f"deleted: sha256 {short(expected)}, {expected.bytes} bytes, expected since {when}")
    elif found != expected:
        yield Finding(
            path,
            f"corrupted or edited: sha256 {short(expected)}, {expected.bytes} bytes, expected since {when}; "
            f"found {short(found)}, {found.bytes} bytes",
        )


def _not_recorded(results: Results) -> Iterator[Finding]:
    for path in results.files():
        if path not in results.makers and not path.endswith(SUFFIX):
            yield Finding(path, "not recorded: no job's record names it")
