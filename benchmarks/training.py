"""Member-steps a second and peak memory of every backbone x method, by pack size."""

from collections.abc import Iterator

from benchmarks.cells import BACKBONES, METHODS, TINY_WIDTH, TRAINING, blueprint, pack_run, text_features, wait
from benchmarks.data import corpus
from benchmarks.measurement import Measurement, measured, seconds
from benchmarks.peak import peak_megabytes
from benchmarks.settings import Settings
from spectran.models.recommender import Blueprint
from spectran.training.data import TrainingData
from spectran.training.epoch import train_epoch
from spectran.training.pack import PackRun

TOPIC = "training"
#: Steps of a run; on a GPU an epoch of Toys.
STEPS = 4
#: Every search has members with weight decay.
DECAY = 1e-4


def measure(settings: Settings) -> Iterator[Measurement]:
    """Office and a text of width 384 on a processor, Toys and 4096 on a GPU."""
    on_gpu = settings.device.type == "cuda"
    data = corpus(settings, "toys" if on_gpu else "office")
    width = TINY_WIDTH if settings.quick else 4096 if on_gpu else 384
    tensors = (data if on_gpu else data.first(STEPS * TRAINING.batch)).on(settings.device)
    once = text_features(data, width, METHODS["base"])
    train(pack_run(blueprint("sasrec", "base", once), tensors, "sasrec", "base"))  # what a process takes once
    for backbone in list(BACKBONES)[: 1 if settings.quick else None]:
        for method, options in METHODS.items():
            plan = blueprint(backbone, method, text_features(data, width, options))
            for size in sizes(settings):
                case = f"{data.name} {backbone} {method}, text {width}, pack {size}"
                yield from _pack(settings, plan, tensors, case, size)


def sizes(settings: Settings) -> tuple[int, ...]:
    """Pack sizes of a device."""
    if settings.quick:
        return (2,)
    return (1, 2, 4, 8, 24) if settings.device.type == "cuda" else (1, 2, 4, 8)


def _pack(settings: Settings, plan: Blueprint, data: TrainingData, case: str, size: int) -> Iterator[Measurement]:
    made: list[PackRun] = []

    def first() -> None:
        made.append(pack_run(plan, data, plan.backbone.kind, plan.method.kind, size, DECAY))
        train(made[0])

    memory = peak_megabytes(settings.device, first)
    (run,) = made
    steps = -(-len(data.sequences) // TRAINING.batch) * size
    speeds = [steps / seconds(lambda: train(run)) for _ in range(settings.runs)]
    yield measured(TOPIC, case, "member-steps a second", speeds, "1/s")
    if memory is not None:
        yield measured(TOPIC, case, "peak memory, model and its text included", [memory], "MB")


def train(run: PackRun) -> None:
    """One epoch without validation, to the end of its work."""
    run.epoch += 1
    train_epoch(run.learner, run.epoch)
    wait(run.data.sequences.device)
