"""On a GPU: a pack of 24 members against one at a time, and a tuned cell of 24 trials trained to early stop."""

import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from benchmarks.cells import EVALUATION, METHODS, TINY_WIDTH, TRAINING, blueprint, pack_run, text_features
from benchmarks.data import Corpus, corpus
from benchmarks.measurement import Measurement, in_turn, measured, ratios, seconds
from benchmarks.peak import peak_megabytes
from benchmarks.settings import Settings, SkippedError
from benchmarks.training import DECAY, train
from spectran.config.training import Compute, Training, Tuning
from spectran.models.recommender import Blueprint
from spectran.training.data import TrainingData
from spectran.training.plan import search_members
from spectran.training.schedule import Schedule

TOPIC = "grid"
PACK = 24
#: The paper's grid of weight decay and dropout: 24 trials.
TUNING = Tuning(weight_decay=(1e-4, 1e-5, 1e-6, 0.0), dropout=(0.0, 0.1, 0.2, 0.3, 0.4, 0.5))


def measure(settings: Settings) -> Iterator[Measurement]:
    """SASRec with Base and SpecTran on Toys, text of width 4096.

    Raises:
        SkippedError: without a GPU.
    """
    if settings.device.type != "cuda" and not settings.quick:
        raise SkippedError("needs a CUDA GPU (a pack of 24 members, a tuned cell of 24 trials, on Toys with l = 4096)")
    data = corpus(settings, "toys")
    tensors = data.on(settings.device)
    for method in ("base", "spectran"):
        text = text_features(data, TINY_WIDTH if settings.quick else 4096, METHODS[method])
        plan = blueprint("sasrec", method, text)
        yield from _pack(settings, data, tensors, plan)
        yield _cell(settings, data, tensors, plan)


def _pack(settings: Settings, data: Corpus, tensors: TrainingData, plan: Blueprint) -> Iterator[Measurement]:
    size = 3 if settings.quick else PACK
    many, one = (pack_run(plan, tensors, "sasrec", plan.method.kind, count, DECAY) for count in (size, 1))
    together, alone = in_turn([lambda: train(many), lambda: train(one)], settings.runs)
    steps = -(-len(tensors.sequences) // TRAINING.batch)
    case = f"{data.name} sasrec {plan.method.kind}"
    yield measured(TOPIC, case, f"member-steps a second, pack {size}", [size * steps / t for t in together], "1/s")
    yield measured(TOPIC, case, "member-steps a second, one alone", [steps / t for t in alone], "1/s")
    gains = [size * ratio for ratio in ratios(alone, together)]
    yield measured(TOPIC, case, f"pack {size} / one at a time", gains, "ratio")
    memory = peak_megabytes(settings.device, lambda: train(many))
    if memory is not None:
        yield measured(TOPIC, case, f"peak memory of an epoch, pack {size}", [memory], "MB")


def _cell(settings: Settings, data: Corpus, tensors: TrainingData, plan: Blueprint) -> Measurement:
    """Seconds of all trials to early stop, as the workflow trains them; building them and its checks included."""
    training = TRAINING if not settings.quick else Training(epochs=2)
    tuning = TUNING if not settings.quick else Tuning(dropout=(0.0, 0.1))
    trials = search_members(tuning, training, plan.method, plan.backbone)
    compute = Compute(device="auto", threads=settings.threads, pack="auto")
    with tempfile.TemporaryDirectory() as state:
        where = Path(state)
        schedule = Schedule(plan, tensors, training, EVALUATION, compute, where, "benchmark", "benchmark")

        def trained(number: int) -> float:
            return seconds(lambda: replace(schedule, state=where / str(number)).train(trials))

        times = [trained(number) for number in range(min(2, settings.runs))]
    case = f"{data.name} sasrec {plan.method.kind}"
    return measured(TOPIC, case, f"{len(trials)} trials to early stop", times, "s")
