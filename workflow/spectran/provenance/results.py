"""A study's results on disk: its files, the records of its jobs, and where what a record names lies here."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path, PurePosixPath

from spectran.config.study import STAGES
from spectran.provenance.code import PROJECT
from spectran.provenance.record import SUFFIX, Digest, Record, RecordError, digest, read_record

#: Folders of a study whose files tell of runs, not of results.
OF_RUNS = ("logs", "benchmarks")


class ResultsError(ValueError):
    """A folder does not hold the results of a study."""


@dataclass
class Results:
    """The results of one study.

    Attributes:
        folder: where they are.
        spelling: how records spell that folder: results, or results/<name>.
        records: of the jobs, from the first that started to the last.
        unreadable: what is wrong with files that are called records.
        apart: whether nothing outside the working directory is looked at: what an archive says is not to be trusted.
    """

    folder: Path
    spelling: str
    records: list[Record]
    unreadable: dict[str, str]
    apart: bool = False
    _digests: dict[Path, Digest] = field(default_factory=dict)

    @cached_property
    def makers(self) -> dict[str, Record]:
        """The record of the job that made each file, the last one where there were several."""
        return {path: record for record in self.records for path in record.outputs}

    def jobs(self) -> list[Record]:
        """Records of which something is left: a job whose every output another job made since is history."""
        return [record for record in self.records if any(self.makers[path] is record for path in record.outputs)]

    def holds(self, path: str) -> bool:
        """Whether a path, as records spell it, is of these results."""
        return path.startswith(f"{self.spelling}/")

    def places(self, path: str) -> list[Path]:
        """Where the file may lie here: below the results, or in the working directory or the project."""
        if self.holds(path) and stays_inside(path):
            return [self.folder / path.removeprefix(f"{self.spelling}/")]
        if self.apart:
            return [self.working / path] if stays_inside(path) else []
        if path.startswith(("/", "~")):
            return [Path(path).expanduser()]
        return list(dict.fromkeys([self.working / path, PROJECT / path]))

    @cached_property
    def working(self) -> Path:
        """The working directory of the run, as far as the folder's name tells it, be it a link or not."""
        parts = PurePosixPath(self.spelling).parts
        for whole in (self.folder.absolute(), self.folder.resolve()):
            if whole.parts[-len(parts) :] == parts:
                return whole.parents[len(parts) - 1]
        return Path.cwd()

    def place(self, path: str, expected: Digest | None = None) -> Path | None:
        """Where the file lies, if it does; of several places the one whose contents are as expected."""
        there = [place for place in self.places(path) if place.is_file()]
        fitting = (place for place in there if expected is not None and self._digest(place) == expected)
        return next(fitting, there[0] if there else None)

    def found(self, path: str, expected: Digest | None = None) -> Digest | None:
        """What lies there now, if anything."""
        place = self.place(path, expected)
        return None if place is None else self._digest(place)

    def files(self) -> list[str]:
        """Every file of the results, as records spell it, but those of runs and hidden ones (state of jobs)."""
        return sorted(f"{self.spelling}/{path.relative_to(self.folder).as_posix()}" for path in _files(self.folder))

    def _digest(self, path: Path) -> Digest:
        if path not in self._digests:
            self._digests[path] = digest(path)
        return self._digests[path]


def open_results(folder: Path, *, apart: bool = False) -> Results:
    """Read all records of a study.

    Args:
        folder: its results.
        apart: see `Results`.

    Raises:
        ResultsError: if there is no folder, or no record in it.
    """
    if not folder.is_dir():
        raise ResultsError(f"{folder}: a folder of results expected, found none")
    records, unreadable, spellings = [], {}, []
    for path in sorted(_files(folder)):
        if not path.name.endswith(SUFFIX):
            continue
        inner = path.relative_to(folder).as_posix()
        try:
            record = read_record(path)
        except RecordError as error:
            unreadable[inner] = str(error).removeprefix(f"{path}: ")
            continue
        records.append(record)
        spellings.append(record.record.removesuffix(f"/{inner}"))
    if not records:
        raise ResultsError(f"{folder}: records of jobs (*{SUFFIX}) expected, found none that can be read")
    # A record that was copied in from elsewhere names another place; most do not.
    spelling = max(sorted(set(spellings)), key=spellings.count)
    records.sort(key=lambda record: (record.started, record.record))
    return Results(folder, spelling, records, {f"{spelling}/{path}": what for path, what in unreadable.items()}, apart)


def stays_inside(path: str) -> bool:
    """Whether a path is relative and does not climb."""
    return not path.startswith(("/", "~")) and ".." not in PurePosixPath(path).parts


def _files(folder: Path) -> Iterator[Path]:
    """Files of a study's stages; another folder beside them is another study's."""
    for stage in STAGES:
        if stage not in OF_RUNS:
            for path in (folder / stage).rglob("*"):
                if path.is_file() and not any(part.startswith(".") for part in path.relative_to(folder).parts):
                    yield path
