"""How the cost of an epoch with its evaluation grows: slopes of log seconds against log size. 1 is linear."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from benchmarks.cells import blueprint, pack_run
from benchmarks.data import made
from benchmarks.measurement import Measurement, in_turn, measured
from benchmarks.settings import Settings
from benchmarks.standin import Size
from spectran.models.counting import Shapes
from spectran.training.pack import PackRun


@dataclass(frozen=True)
class Case:
    """A made-up cell of SASRec.

    Attributes:
        users: users.
        items: items.
        text: columns of the text, which is all zeros: what an epoch costs does not depend on it.
        pack: members.
        method: base, or spectran where the text counts.
    """

    users: int = 1000
    items: int = 2000
    text: int = 0
    pack: int = 1
    method: str = "base"


AXES: Mapping[str, Mapping[int, Case]] = {
    "users": {size: Case(users=size) for size in (1000, 2000, 4000, 8000)},
    "items": {size: Case(items=size) for size in (4000, 8000, 16000, 32000)},
    "text dimension (SpecTran)": {size: Case(text=size, method="spectran") for size in (256, 512, 1024, 2048)},
    "pack": {size: Case(pack=size) for size in (1, 2, 4, 8)},
}
SMALL: Mapping[str, Mapping[int, Case]] = {
    "users": {size: Case(users=size, items=140) for size in (20, 40)},
    "text dimension (SpecTran)": {size: Case(20, 140, text=size, method="spectran") for size in (128, 136)},
}


def measure(settings: Settings) -> Iterator[Measurement]:
    """Seconds at each size, and the slope through them."""
    for axis, cases in (SMALL if settings.quick else AXES).items():
        runs = [_run(settings, case) for case in cases.values()]
        times = in_turn([run.advance for run in runs], min(3, settings.runs))
        for size, found in zip(cases, times, strict=True):
            yield measured("scaling", f"{axis} {size}", "an epoch with evaluation", found, "s")
        slopes = [slope(list(cases), list(run)) for run in zip(*times, strict=True)]
        yield measured("scaling", f"{axis} {min(cases)} to {max(cases)}", "log-log slope", slopes, "slope")


def slope(sizes: list[int], seconds: list[float]) -> float:
    """Slope of the line of least squares through (log size, log seconds)."""
    return float(np.polyfit(np.log(sizes), np.log(seconds), 1)[0])


def _run(settings: Settings, case: Case) -> PackRun:
    data = made(settings.cache, "made", Size.like_office(case.users, case.items))
    text = Shapes(case.items, text_dim=case.text, rank=min(case.text, case.items))
    plan = blueprint("sasrec", case.method, text)
    return pack_run(plan, data.on(settings.device), "sasrec", case.method, case.pack)
