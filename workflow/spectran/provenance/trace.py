"""Walks from a number of the report to its raw inputs: `python -m spectran.provenance.trace 0.0420 [--table NAME]`."""

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path

import yaml

from spectran.config.load import read_study
from spectran.provenance.chain import Seen, by_rule, chain, files_of
from spectran.provenance.numbers import Match, Shown, find
from spectran.provenance.origin import origin
from spectran.provenance.record import Record
from spectran.provenance.results import Results, open_results

#: Matches that are listed; jobs of one rule, and files of one job, that are shown one by one.
MOST_MATCHES, MOST_JOBS, MOST_FILES = 40, 3, 15


def trace(results: Results, number: str, table: str | None = None, first: int = 1) -> Iterator[str]:
    """Lines that say where a number comes from.

    Args:
        results: finished results.
        number: as a table shows it.
        table: name of the table to look at; all if None.
        first: how many of the matches are walked back.

    Raises:
        NumberError: if no table shows the number.
    """
    matches = find(Shown.read(number), results.folder / "report" / "tables", table)
    count = len(matches)
    yield f"{number} is shown in {count} place{'' if count == 1 else 's'}"
    for place, match in enumerate(matches[:MOST_MATCHES], 1):
        yield f"  {place:>2}. {_place(match)}"
    if count > MOST_MATCHES:
        yield f"  and {count - MOST_MATCHES} more; --table narrows"
    for place, match in enumerate(matches[:first], 1):
        yield from ["", f"{place}. {_place(match)}", *_walk(results, match)]


def _place(match: Match) -> str:
    keys = ", ".join(f"{key} {value}" for key, value in match.keys.items())
    return f"{match.table}.csv, {match.column}: {match.value!r}; {keys}"


def _walk(results: Results, match: Match) -> Iterator[str]:
    start, table = origin(match, results), f"{results.spelling}/report/tables/{match.table}.csv"
    jobs = chain(results, start.path)
    maker = results.makers.get(table)
    if maker is None or results.found(table) != maker.outputs[table]:
        yield f"   {table} is NOT as a recorded job made it"
    yield f"   from {start.path}"
    yield f"   {start.said}"
    if not jobs:
        yield "   no record of a job names this file"
    for number, same in enumerate(by_rule(jobs, MOST_JOBS), 1):
        yield ""
        yield from _job(results, number, same[0]) if len(same) == 1 else _jobs(results, number, same)
    trained = [job for job in jobs if job.rule in ("training_cell", "training_control")]
    if len(trained) == 1:
        text = yaml.safe_dump(trained[0].settings["settings"], sort_keys=False, allow_unicode=True, width=100)
        yield from ["", "   settings of the training", *(f"     {line}" for line in text.splitlines())]


def _job(results: Results, number: int, job: Record) -> Iterator[str]:
    tree = {True: "clean tree", False: "tree NOT clean", None: "no git checkout"}[job.clean]
    where = f", {job.gpu or job.device}" if job.device else ""
    yield f"   {number}. {job.rule}, started {job.started}, {job.seconds:g} s{where}"
    yield f"      record  {job.record}"
    yield f"      code    {(job.commit or 'unknown')[:12]}, {tree}"
    if job.seeds:
        seeds = ", ".join(f"{key.rpartition('settings.')[2]} {value}" for key, value in job.seeds.items())
        yield f"      seeds   {seeds}"
    read, made = files_of(results, job)
    yield from _files("read", read)
    yield from _files("made", made)


def _jobs(results: Results, number: int, jobs: list[Record]) -> Iterator[str]:
    """Many jobs of one rule: how many, when, and what is wrong with their files."""
    yield f"   {number}. {jobs[0].rule}, {len(jobs)} jobs, started {jobs[-1].started} to {jobs[0].started}"
    commits = sorted({f"{(job.commit or 'unknown')[:12]}{'' if job.clean else ' (not clean)'}" for job in jobs})
    yield f"      code    {', '.join(commits)}"
    seen = [file for job in jobs for files in files_of(results, job) for file in files]
    wrong = list(dict.fromkeys(file for file in seen if file.state != "ok"))
    yield from _files("wrong", wrong)
    files, bad = ({file.path for file in some} for some in (seen, wrong))
    yield f"      {len(files)} files, {len(bad)} of them not as they were"


def _files(verb: str, files: list[Seen]) -> Iterator[str]:
    # First what is not as it was.
    for file in sorted(files, key=lambda file: file.state == "ok")[:MOST_FILES]:
        yield f"      {verb:<6}  {file.sha256}  {file.state:<7}  {file.path}"
    if len(files) > MOST_FILES:
        yield f"      {verb:<6}  and {len(files) - MOST_FILES} more"


def main(arguments: list[str] | None = None) -> int:
    """Print where a number comes from; 1 if no table shows it."""
    parser = argparse.ArgumentParser(prog="spectran.provenance.trace", description=(__doc__ or "").split(":")[0])
    parser.add_argument("number", help="as a table shows it: 0.0420, .0420, 3.1 %%, 1,705,728")
    parser.add_argument("--results", type=Path, help="folder of results")
    parser.add_argument("--study", type=Path, help="study whose results they are")
    parser.add_argument("--table", help="look in this table alone, say table2")
    parser.add_argument("--first", type=int, default=1, help="walk this many of the places back")
    given = parser.parse_args(arguments)
    try:
        place = given.results or Path(read_study(given.study).results if given.study else "results")
        lines = list(trace(open_results(place), given.number, given.table, given.first))
    except (ValueError, OSError) as error:
        sys.stderr.write(f"ERROR: {error}\n")
        return 1
    sys.stdout.write("\n".join(lines) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
