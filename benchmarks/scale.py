"""Processor seconds and memory of data, sampled loss and ranking by users: made-up tables, half as many items.

Each stage runs in a process of its own; its memory is that beyond the imports'. A slope of 1 is linear.
"""

import json
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from benchmarks.child import run
from benchmarks.many import write_made
from benchmarks.measurement import Measurement, measured
from benchmarks.scale_stage import STAGES
from benchmarks.scaling import slope
from benchmarks.settings import Settings, SkippedError

TOPIC = "scale"
USERS = (10_000, 100_000, 1_000_000)
TINY = (200, 400)


def measure(settings: Settings) -> Iterator[Measurement]:
    """Every stage at each size up to what the settings say, and the slopes from the smallest to the largest.

    Raises:
        SkippedError: on a GPU, which has no part in it.
    """
    if settings.device.type == "cuda":
        raise SkippedError("these stages are measured on the processor, with --device cpu")
    sizes = [users for users in (TINY if settings.quick else USERS) if users <= settings.users]
    found: dict[int, dict[str, Any]] = {}
    for users in sizes:
        with tempfile.TemporaryDirectory() as folder:
            write_made(Path(folder), users)
            found[users] = {}
            for stage in STAGES:
                command = [sys.executable, "-m", "benchmarks.scale_stage", stage, folder]
                found[users][stage] = json.loads(run(command).output.splitlines()[-1])
                yield from _figures(users, stage, found[users][stage])
    for stage in STAGES if len(sizes) > 1 else ():
        case = f"{stage}, {sizes[0]} to {sizes[-1]} users"
        yield measured(
            TOPIC, case, "log-log slope", [slope(sizes, [found[u][stage]["seconds"] for u in sizes])], "slope"
        )
        first, last = (found[users] for users in (sizes[0], sizes[-1]))
        millions = (last["import"]["facts"]["interactions"] - first["import"]["facts"]["interactions"]) / 1e6
        more = (last[stage]["peak"] - first[stage]["peak"]) / millions
        yield measured(TOPIC, case, "peak memory by a million interactions", [more], "MB")


def _figures(users: int, stage: str, found: dict[str, Any]) -> Iterator[Measurement]:
    case = f"{stage}, {users} users"
    yield measured(TOPIC, case, "processor seconds", [found["seconds"]], "s")
    yield measured(TOPIC, case, "peak memory", [found["peak"]], "MB")
    for name, value in found["facts"].items():
        unit = "s" if name.startswith("a ") else ""
        yield measured(TOPIC, case, name, [value], unit)
