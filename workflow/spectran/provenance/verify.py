"""Checks finished results, or an archive of them: `python -m spectran.provenance.verify [RESULTS] [--study FILE]`."""

import argparse
import sys
from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path

from spectran.config.load import read_study
from spectran.config.study import Study
from spectran.provenance.checks import Finding, check
from spectran.provenance.record import Record
from spectran.provenance.results import Results, open_results
from spectran.provenance.unpack import MOST_GIGABYTES, unpacked


@dataclass(frozen=True)
class Verdict:
    """What came of checking.

    Attributes:
        findings: each once, by path.
        summary: lines about what was checked.
    """

    findings: list[Finding]
    summary: list[str]


def verify(results: Results, study: Study | None = None, left_out: Collection[str] = ()) -> Verdict:
    """Check every file of the results, and every file that they were made from, by the records of the jobs.

    Args:
        results: the results.
        study: what they should have been made with, if it is known.
        left_out: files that need not be there.
    """
    findings = sorted(set(check(results, study, left_out)))
    jobs = results.jobs()
    files = len({path for record in jobs for path in (*record.outputs, *record.inputs, record.record)} - {*left_out})
    return Verdict(findings, [f"{len(jobs)} jobs and {files} files checked", *_codes(jobs)])


def verify_archive(archive: Path, study: Study | None = None, most_gigabytes: float = MOST_GIGABYTES) -> Verdict:
    """Unpack an archive to a temporary folder, check it against its manifest, then what is in it by the records.

    Raises:
        ArchiveError: if it is no archive of results, or one that must not be unpacked.
    """
    with unpacked(archive, most_gigabytes) as bag:
        results = open_results(bag.payload / bag.results, apart=True)
        verdict = verify(results, study or read_study(bag.payload / bag.study), bag.left_out)
        broken = [Finding(path, said) for path, said in bag.problems]
        note = [f"{len(bag.left_out)} files left out of the archive, so not checked"] if bag.left_out else []
        return Verdict([*broken, *verdict.findings], [*verdict.summary, *note])


def _codes(jobs: list[Record]) -> Iterator[str]:
    """Which commits made the results, and whether their trees were clean."""
    trees = {True: "clean tree", False: "tree NOT clean", None: "no git checkout"}
    for (commit, clean), count in Counter((job.commit, job.clean) for job in jobs).most_common():
        yield f"code: {commit or 'unknown'}, {trees[clean]} ({count} jobs)"


def main(arguments: list[str] | None = None) -> int:
    """Print the findings, a line each, and their number; 1 if there are any."""
    parser = argparse.ArgumentParser(prog="spectran.provenance.verify", description=(__doc__ or "").split(":")[0])
    parser.add_argument("results", type=Path, nargs="?", help="folder of results, or an archive of them (.tar.gz)")
    parser.add_argument("--study", type=Path, help="study that they should have been made with; says where they are")
    parser.add_argument("--most-gigabytes", type=float, default=MOST_GIGABYTES, help="largest unpacked archive")
    given = parser.parse_args(arguments)
    if given.results is None and given.study is None:
        parser.error("RESULTS or --study FILE expected")
    try:
        study = read_study(given.study) if given.study else None
        place = given.results or Path(study.results if study else "results")
        if place.is_file():
            verdict = verify_archive(place, study, given.most_gigabytes)
        else:
            verdict = verify(open_results(place), study)
    except (ValueError, OSError) as error:
        sys.stderr.write(f"ERROR: {error}\n")
        return 1
    lines = [*map(str, verdict.findings), *verdict.summary]
    count = len(verdict.findings)
    sys.stdout.write("\n".join([*lines, f"{place}: {count or 'no'} finding{'' if count == 1 else 's'}"]) + "\n")
    return 1 if count else 0


if __name__ == "__main__":
    sys.exit(main())
