"""Unpacking an archive that others may have made, and checking it against its manifests."""

import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from shutil import copyfileobj
from zlib import error as ZlibError  # noqa: N812 - zlib's own name says nothing here

from spectran.provenance.bag import DECLARATION, INFO
from spectran.provenance.manifest import MANIFEST, problems

#: An archive that unpacks to more than this is refused.
MOST_GIGABYTES = 100.0


class ArchiveError(ValueError):
    """A file is no archive of results, or one that must not be unpacked."""


@dataclass(frozen=True)
class Bag:
    """An unpacked archive.

    Attributes:
        payload: the folder data/.
        results: place of the results in it.
        study: place of the study file in it.
        left_out: files that records name and that were not packed.
        problems: paths and what is wrong with them by the manifests.
    """

    payload: Path
    results: str
    study: str
    left_out: frozenset[str]
    problems: list[tuple[str, str]]


@contextmanager
def unpacked(archive: Path, most_gigabytes: float = MOST_GIGABYTES) -> Iterator[Bag]:
    """Unpack an archive for as long as the block runs.

    Plain files alone are taken, below the archive's one folder; links, devices and names that lead out of it are
    refused, and owners, modes and times ignored, which is stricter than tarfile's own filter.

    Raises:
        ArchiveError: naming the archive and what is wrong with it as a whole; what is wrong with a file in it becomes
            one of the bag's problems.
    """
    with tempfile.TemporaryDirectory(prefix="spectran-") as place:
        try:
            top = _unpack(archive, Path(place), most_gigabytes)
        except (tarfile.TarError, EOFError, OSError, ZlibError) as error:
            raise ArchiveError(f"{archive}: a whole .tar.gz archive expected: {error}") from None
        for name in (DECLARATION, INFO, MANIFEST):
            if not (top / name).is_file():
                raise ArchiveError(f"{archive}: a BagIt archive with {name} expected, found none")
        facts = _facts(top / INFO)
        yield Bag(
            top / "data",
            _place(archive, facts, "Results"),
            _place(archive, facts, "Study"),
            frozenset(facts.get("Left-Out", [])),
            sorted(problems(top)),
        )


def _unpack(archive: Path, place: Path, most_gigabytes: float) -> Path:
    """Unpack below `place`; the archive's one folder there."""
    tops, left = set(), most_gigabytes * 1e9
    with tarfile.open(archive, "r|gz") as tar:
        for member in tar:
            parts = PurePosixPath(member.name).parts
            if member.isdir():
                continue
            outside = member.name.startswith("/") or ".." in parts or "\\" in member.name or len(parts) < 2
            if outside or not member.isreg():
                raise ArchiveError(f"{archive}: a plain file in the archive's folder expected, found {member.name!r}")
            left -= member.size
            if left < 0:
                raise ArchiveError(f"{archive}: more than {most_gigabytes:g} GB unpacked; a larger limit may be given")
            tops.add(parts[0])
            target = place.joinpath(*parts)
            target.parent.mkdir(parents=True, exist_ok=True)
            source = tar.extractfile(member)
            if source is None or target.exists() or len(tops) > 1:
                raise ArchiveError(f"{archive}: one folder, each file once, expected; found {member.name!r} beside it")
            with source, target.open("xb") as file:
                copyfileobj(source, file)
    if not tops:
        raise ArchiveError(f"{archive}: an archive with files in it expected, found none")
    return place / tops.pop()


def _facts(path: Path) -> dict[str, list[str]]:
    """Labels and values of bag-info.txt."""
    facts: dict[str, list[str]] = {}
    for line in path.read_text(encoding="utf-8", errors="replace").splitlines():
        label, _, value = line.partition(": ")
        facts.setdefault(label, []).append(value)
    return facts


def _place(archive: Path, facts: dict[str, list[str]], label: str) -> str:
    value = (facts.get(label) or [""])[0]
    if not value or value.startswith("/") or ".." in PurePosixPath(value).parts:
        raise ArchiveError(f"{archive}: {INFO} with the label {label} and a place in data/ expected, found {value!r}")
    return value
