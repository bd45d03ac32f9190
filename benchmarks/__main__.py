"""Run the benchmarks: `python -m benchmarks`, or `make bench`."""

import argparse
import importlib
import logging
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from benchmarks.machine import describe
from benchmarks.measurement import Measurement
from benchmarks.peers.client import PeerError
from benchmarks.settings import Settings, SkippedError
from benchmarks.table import line
from spectran.config.training import Compute
from spectran.data.errors import DataError
from spectran.device import DeviceError, prepare
from spectran.io import write_json

#: Modules of this package with `measure(settings)`, in the order in which they run.
TOPICS = (
    "rate",
    "epoch",
    "training",
    "grid",
    "ranking",
    "memory",
    "scaling",
    "encoding",
    "language_model",
    "svd",
    "workflow",
    "planning",
    "scale",
)
PEERS = Path(".venv-peers/bin/python")


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure, print a table as it grows, and write JSON."""
    given = _parser().parse_args(arguments)
    logging.basicConfig(level=logging.WARNING, format="%(message)s")
    try:
        device = prepare(Compute(device=given.device, threads=given.threads))
    except DeviceError as error:
        raise SystemExit(str(error)) from None
    settings = Settings(
        data=given.data,
        device=device,
        threads=given.threads,
        runs=given.runs,
        quick=given.quick,
        rectools=given.peers if given.peers.is_file() else None,
        cache=given.cache,
        cells=given.cells,
        users=given.users,
    )
    machine = describe(settings)
    print(f"{machine['processor']}, {settings.threads} threads, {machine['gpu'] or 'no GPU'}, torch {machine['torch']}")
    if settings.rectools is None:
        print(f"{given.peers}: no such Python, so RecTools is left out")
    found: list[Measurement] = []
    skipped: dict[str, str] = {}
    for topic in given.only:
        try:
            for measurement in measure(topic, settings):
                print(line(measurement), flush=True)
                found.append(measurement)
        except (SkippedError, DataError, PeerError) as reason:
            print(f"{topic}: skipped: {reason}")
            skipped[topic] = str(reason)
        write_json(given.out, _document(machine, settings, found, skipped))
    print(f"{len(found)} figures in {given.out}")


def measure(topic: str, settings: Settings) -> Iterator[Measurement]:
    """What the topic's module measures."""
    measurements: Iterator[Measurement] = importlib.import_module(f"benchmarks.{topic}").measure(settings)
    return measurements


def _document(
    machine: dict[str, Any], settings: Settings, found: list[Measurement], skipped: dict[str, str]
) -> dict[str, Any]:
    facts = {"runs": settings.runs, "quick": settings.quick, "real_data": settings.data is not None}
    return {"machine": machine, **facts, "skipped": skipped, "measurements": [asdict(one) for one in found]}


def _topics(text: str) -> list[str]:
    topics = text.split(",")
    unknown = [topic for topic in topics if topic not in TOPICS]
    if unknown:
        raise argparse.ArgumentTypeError(f"some of {', '.join(TOPICS)} expected, found {', '.join(unknown)}")
    return topics


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="benchmarks", description=__doc__)
    parser.add_argument("--only", type=_topics, default=list(TOPICS), help="topics, with commas between")
    parser.add_argument("--data", type=Path, help="folder with office/ and toys/; else made-up data of their size")
    parser.add_argument("--device", choices=("auto", "cpu", "cuda"), default="auto")
    parser.add_argument("--threads", type=int, default=1, help="torch threads, of the peers too")
    parser.add_argument("--runs", type=int, default=5, help="repeated runs; figures are medians")
    parser.add_argument("--quick", action="store_true", help="tiny cases, which say nothing of speed")
    parser.add_argument("--cells", type=int, default=5000, help="largest study of topic planning: up to 20000")
    parser.add_argument("--users", type=int, default=100_000, help="largest tables of topic scale: up to 1000000")
    parser.add_argument("--peers", type=Path, default=PEERS, help="Python of an environment with RecTools")
    parser.add_argument("--cache", type=Path, default=Path("results/benchmarks-cache"), help="folder for prepared data")
    parser.add_argument("--out", type=Path, default=Path("results/benchmarks.json"))
    return parser


if __name__ == "__main__":
    main()
