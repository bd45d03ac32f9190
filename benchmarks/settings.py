"""What every benchmark is told: where the data are, on what it runs, and how often."""

from dataclasses import dataclass
from pathlib import Path

import torch


@dataclass(frozen=True)
class Settings:
    """Settings of a run of benchmarks.

    Attributes:
        data: folder with toys/ and office/, each of interactions.csv.gz and items.csv.gz; None for stand-ins.
        device: what is measured; the processor's own figures (peers, workflow) are left out on a GPU.
        threads: torch threads, of the peers too.
        runs: repeated runs; figures are medians.
        quick: tiny cases, for tests of the benchmarks themselves.
        rectools: Python of the peers' environment; None leaves them out.
        cache: folder for what is made of the data once.
        cells: of the largest study that is planned.
        users: of the largest made-up tables.
    """

    data: Path | None
    device: torch.device
    threads: int
    runs: int
    quick: bool
    rectools: Path | None
    cache: Path = Path("results/benchmarks-cache")
    cells: int = 5000
    users: int = 100_000


class SkippedError(Exception):
    """A topic cannot be measured here; the message says why."""
