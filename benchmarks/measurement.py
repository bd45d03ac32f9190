"""One figure of a benchmark, and how it was got: medians over repeated runs, ratios run by run."""

import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Measurement:
    """A figure.

    Attributes:
        topic: one of `benchmarks.__main__.TOPICS`.
        case: what was measured, as "office sasrec base, pack 8".
        what: name of the figure, as "member-steps a second".
        value: median over the runs.
        unit: s, 1/s, MB, share, ratio, slope, or nothing for a count.
        low: the least of the runs.
        high: the largest.
        runs: how many.
    """

    topic: str
    case: str
    what: str
    value: float
    unit: str
    low: float
    high: float
    runs: int


def measured(topic: str, case: str, what: str, values: Sequence[float], unit: str) -> Measurement:
    """The median of repeated runs, with their range."""
    return Measurement(topic, case, what, statistics.median(values), unit, min(values), max(values), len(values))


def seconds(work: Callable[[], object]) -> float:
    """Wall-clock seconds of one run; the work waits for its device by itself."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def in_turn(works: Sequence[Callable[[], object]], runs: int, warm_up: int = 1) -> list[list[float]]:
    """Seconds of each work, run by run; A B C, A B C, ..., so that a machine whose speed drifts is fair to all."""
    for _ in range(warm_up):
        for work in works:
            work()
    rounds = [[seconds(work) for work in works] for _ in range(runs)]
    return [list(times) for times in zip(*rounds, strict=True)]


def ratios(slow: Sequence[float], fast: Sequence[float]) -> list[float]:
    """How many times as long the slow one took, run by run."""
    return [a / b for a, b in zip(slow, fast, strict=True)]
