"""Packs finished results: `python -m spectran.provenance.archive RESULTS OUT.tar.gz --study FILE [--with-raw]`."""

import argparse
import sys
from pathlib import Path

from spectran.config.load import read_study
from spectran.config.study import Study
from spectran.provenance.bag import write_bag
from spectran.provenance.code import PROJECT
from spectran.provenance.environment import REQUIREMENTS
from spectran.provenance.results import Results, open_results, stays_inside
from spectran.provenance.verify import verify


class UnsoundError(ValueError):
    """Results that are not what their records say are not packed."""


def pack(results: Results, study: Study, study_file: Path, out: Path, *, raw: bool = False) -> tuple[int, list[str]]:
    """Write one archive of a study: results, study file, the project's files they were made from, the package list.

    Args:
        results: finished results.
        study: the study that they were made with.
        study_file: its file.
        out: the archive.
        raw: whether raw downloads and own tables are packed too.

    Returns:
        Number of packed files, and the files left out that records name.

    Raises:
        UnsoundError: if there is no report yet, or, with every finding, if the results are not what their records say.
    """
    if (page := f"{results.spelling}/report/index.html") not in results.makers:
        raise UnsoundError(f"{results.folder}: a finished study expected, found no record of {page}")
    left_out = set() if raw else _raw(results)
    left_out |= {path for path in _outside(results) if not stays_inside(path)}
    verdict = verify(results, study, left_out)
    if verdict.findings:
        lines = "\n".join(f"  {finding}" for finding in verdict.findings)
        raise UnsoundError(f"{results.folder}: results as their records say expected, found\n{lines}")
    place = study_file.resolve()
    name = place.relative_to(PROJECT).as_posix() if place.is_relative_to(PROJECT) else place.name
    files = {path: results.place(path) for path in results.files()} | _outside(results)
    files |= {REQUIREMENTS: PROJECT / REQUIREMENTS} if (PROJECT / REQUIREMENTS).is_file() else {}
    files |= {name: place}
    payload = [(path, file) for path, file in sorted(files.items()) if file and path not in left_out]
    info = [
        ("Bag-Software-Agent", "spectran.provenance.archive"),
        ("Bagging-Date", max(record.started for record in results.records)[:10]),
        ("External-Identifier", study.name),
        ("External-Description", " ".join(study.description.split())),
        ("Results", results.spelling),
        ("Study", name),
        *(("Left-Out", path) for path in sorted(left_out)),
    ]
    return write_bag(out, f"{study.name}-results", payload, info), sorted(left_out)


def _raw(results: Results) -> set[str]:
    """Raw files: downloads, and what the stage data read from outside."""
    jobs = [record for record in results.jobs() if record.rule.startswith("data_")]
    made = {path for record in jobs for path in record.outputs if "/raw/" in path and path.endswith(".gz")}
    return made | {path for record in jobs for path in record.inputs if not results.holds(path)}


def _outside(results: Results) -> dict[str, Path | None]:
    """Inputs from outside the results, and where they lie."""
    read = {path: expected for record in results.jobs() for path, expected in record.inputs.items()}
    return {path: results.place(path, expected) for path, expected in read.items() if not results.holds(path)}


def main(arguments: list[str] | None = None) -> int:
    """Pack, and say what is in the archive and what was left out; 1 if nothing was packed."""
    parser = argparse.ArgumentParser(prog="spectran.provenance.archive", description=(__doc__ or "").split(":")[0])
    parser.add_argument("results", type=Path, nargs="?", help="folder of results; the study's own if left out")
    parser.add_argument("out", type=Path, help="the archive to write, .tar.gz")
    parser.add_argument("--study", type=Path, required=True, help="study that the results were made with")
    parser.add_argument("--with-raw", action="store_true", help="pack raw downloads and own tables too")
    given = parser.parse_args(arguments)
    try:
        study = read_study(given.study)
        results = open_results(given.results or Path(study.results))
        count, left_out = pack(results, study, given.study, given.out, raw=given.with_raw)
    except (ValueError, OSError) as error:
        sys.stderr.write(f"ERROR: {error}\n")
        return 1
    lines = [f"left out: {path}" for path in left_out]
    lines.append(f"{given.out}: {count} files, {given.out.stat().st_size / 1e6:.1f} MB")
    sys.stdout.write("\n".join(lines) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
