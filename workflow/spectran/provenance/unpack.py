"""Unpacking an archive that others may have made, and checking it against its manifests."""

import gzip
import io
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
#: So is one of more members than this,
MOST_FILES = 1_000_000
#: of more bytes than this about one member, or in one of the archive's own lists: both are held in memory,
MOST_HEADERS, MOST_TAGS = 2**20, 2**28
#: or of a longer chain of folders.
DEEPEST = 64


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
            if (size := (top / name).stat().st_size) > MOST_TAGS:
                raise ArchiveError(f"{archive}: {name} of at most {MOST_TAGS} bytes expected, found {size}")
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
    tops, left, count = set(), most_gigabytes * 1e9, 0
    with gzip.open(archive) as unzipped:
        rationed = _Rationed(archive, unzipped)
        with tarfile.open(fileobj=rationed, mode="r|") as tar:
            while member := tar.next():
                rationed.allow(MOST_HEADERS)
                left, count = left - member.size, count + 1
                if left < 0 or count > MOST_FILES:
                    size = f"{most_gigabytes:g} GB unpacked; a larger limit may be given"
                    raise ArchiveError(f"{archive}: more than {size if left < 0 else f'{MOST_FILES} files'}")
                if member.isdir():
                    continue
                parts = _parts(archive, member)
                tops.add(parts[0])
                target = place.joinpath(*parts)
                target.parent.mkdir(parents=True, exist_ok=True)
                source = tar.extractfile(member)
                if source is None or target.exists() or len(tops) > 1:
                    found = f"found {member.name!r} beside it"
                    raise ArchiveError(f"{archive}: one folder, each file once, expected; {found}")
                rationed.allow(member.size + MOST_HEADERS)
                with source, target.open("xb") as file:
                    copyfileobj(source, file)
    if not tops:
        raise ArchiveError(f"{archive}: an archive with files in it expected, found none")
    return place / tops.pop()


def _parts(archive: Path, member: tarfile.TarInfo) -> tuple[str, ...]:
    """Where a member belongs: folders and name."""
    parts = PurePosixPath(member.name).parts
    outside = member.name.startswith("/") or ".." in parts or {*member.name} & {"\\", "\0"}
    if outside or not 2 <= len(parts) <= DEEPEST or not member.isreg():
        found = f"found {member.name[:200]!r}"
        raise ArchiveError(f"{archive}: a plain file in the archive's folder expected, {found}")
    return parts


class _Rationed(io.RawIOBase):
    """What tarfile reads from: it may ask for so many bytes and no more until it is allowed others."""

    def __init__(self, archive: Path, file: gzip.GzipFile) -> None:
        self._archive, self._file, self._left = archive, file, MOST_HEADERS

    def allow(self, count: int) -> None:
        """From now on so many bytes may be read."""
        self._left = count

    def read(self, size: int = -1) -> bytes:
        """Read `size` bytes, fewer at the end.

        Raises:
            ArchiveError: if they are more than is allowed.
        """
        piece = self._file.read(size)
        self._left -= len(piece)
        if self._left < 0:
            raise ArchiveError(f"{self._archive}: at most {MOST_HEADERS} bytes about one file expected, found more")
        return piece


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
