"""Peak memory of a pack's training as it is predicted from trials of one member and of two, against what it takes."""

import itertools
from collections.abc import Iterator

from benchmarks.cells import EVALUATION, METHODS, TINY_WIDTH, TRAINING, blueprint, members, pack_run, text_features
from benchmarks.data import corpus
from benchmarks.measurement import Measurement, measured, seconds
from benchmarks.settings import Settings, SkippedError
from benchmarks.training import sizes
from spectran.models.recommender import Blueprint
from spectran.training.data import TrainingData
from spectran.training.memory import Need, trial
from spectran.training.peak import Meter, meter

TOPIC = "memory"
#: What keeps little, a deep adapter over a wide text, and what keeps most; the other backbones with IDs alone.
CELLS = (("sasrec", "base"), ("sasrec", "spectran"), ("sasrec", "llm-esr"), ("bert4rec", "base"), ("hstu", "base"))


def measure(settings: Settings) -> Iterator[Measurement]:
    """Office and a text of width 384 on a processor, Toys and 4096 on a GPU; an epoch with validation of each pack."""
    on_gpu = settings.device.type == "cuda"
    data = corpus(settings, "toys" if on_gpu else "office")
    width = TINY_WIDTH if settings.quick else 4096 if on_gpu else 384
    tensors = data.on(settings.device)
    for backbone, method in itertools.islice(CELLS, 2 if settings.quick else None):
        plan = blueprint(backbone, method, text_features(data, width, METHODS[method]))
        yield from _cell(settings, plan, tensors, f"{data.name} {backbone} {method}, text {width}")


def _cell(settings: Settings, plan: Blueprint, data: TrainingData, case: str) -> Iterator[Measurement]:
    ruler, spent = meter(settings.device), []

    def peak(count: int) -> int:
        given = members(count, plan.backbone.kind, plan.method.kind)
        parts = plan, data, TRAINING, EVALUATION, given, count
        found: list[int] = []
        spent.append(seconds(lambda: found.append(ruler.peak(lambda: trial(*parts)))))
        return found[0]

    need = Need.measured(peak, wanted=max(sizes(settings)))
    if need is None:
        raise SkippedError(f"{case}: memory ran out in a trial of one and two members")
    yield measured(TOPIC, case, "trial of one member", spent[:1], "s")
    yield measured(TOPIC, case, "further trials for packs, of one and two", [sum(spent[1:])], "s")
    for size in sizes(settings):
        taken = _peak(ruler, plan, data, size)
        yield measured(TOPIC, f"{case}, pack {size}", "peak memory", [taken / 2**20], "MB")
        yield measured(TOPIC, f"{case}, pack {size}", "peak memory / predicted", [taken / need.of(size)], "ratio")


def _peak(ruler: Meter, plan: Blueprint, data: TrainingData, size: int) -> int:
    def epoch() -> None:
        pack_run(plan, data, plan.backbone.kind, plan.method.kind, size).advance()

    return ruler.peak(epoch)
