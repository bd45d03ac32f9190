"""What a method costs (SpecTran's Table 5), measured under one condition: one member, alone, after a warm-up epoch."""

import logging
import resource
import statistics
import time
from collections.abc import Callable
from pathlib import Path

import torch

from spectran.config.cells import CellSettings
from spectran.config.training import Compute
from spectran.data.sequences import read_cases, read_train
from spectran.device import prepare as prepare_device
from spectran.evaluation.ranking import rank_targets
from spectran.io import write_json
from spectran.training.data import prepare
from spectran.training.epoch import train_epoch
from spectran.training.inputs import TrainingInputs
from spectran.training.members_file import read_members
from spectran.training.pack import PackRun

_log = logging.getLogger(__name__)


def measure(
    settings: CellSettings,
    compute: Compute,
    inputs: TrainingInputs,
    *,
    members: Path,
    epochs: int,
    repeats: int,
    path: Path,
    label: str,
) -> None:
    """Time training epochs and full rankings of validation by the cell's first member, and write efficiency.json.

    Memory is the peak beyond what the process held before it read any data: on a CPU of its resident set, on a GPU
    of torch's allocations.

    Args:
        settings: what the cell's numbers depend on.
        compute: device and threads.
        inputs: train part, validation part and text features.
        members: members.safetensors, for the hyper-parameters.
        epochs: epochs timed.
        repeats: rankings timed.
        path: where the record goes.
        label: name in progress lines.

    Raises:
        ValueError: naming the file of members, if they are not those of the study's seeds.
    """
    device = prepare_device(compute)
    before = _peak_bytes(device)
    train = read_train(inputs.train)
    validation = read_cases(inputs.valid, [inputs.train])
    data = prepare(train, validation, settings.history, device)
    run = PackRun(
        inputs.blueprint(settings, train, compute.precision),
        read_members(members, settings.seeds)[:1],
        data,
        settings.training,
        settings.evaluation,
        graphs=compute.cuda_graphs,
    )
    score = settings.evaluation.score

    def epoch() -> None:
        run.epoch += 1
        train_epoch(run.learner, run.epoch, run.steps)

    def ranking() -> None:
        run.model.eval()
        rank_targets(run.model, data.known, data.validation, score).checked()

    training, inference = _seconds(epoch, epochs, device), _seconds(ranking, repeats, device)
    record = {
        "trainable_parameters": run.model.parameters_per_member(),
        "epoch_seconds": statistics.median(training),
        "inference_seconds": statistics.median(inference),
        "peak_memory_mb": (_peak_bytes(device) - before) / 2**20,
        "epochs_timed": training,
        "rankings_timed": inference,
        "batch": settings.training.batch,
        "device": torch.cuda.get_device_name(device) if device.type == "cuda" else "cpu",
        "threads": torch.get_num_threads(),
    }
    write_json(path, record)
    _log.info("%s: %.3f s an epoch, %.3f s a ranking", label, record["epoch_seconds"], record["inference_seconds"])


def _seconds(work: Callable[[], None], times: int, device: torch.device) -> list[float]:
    """Wall-clock seconds of each run of `work` after one that is not counted."""
    found = []
    for _ in range(times + 1):
        start = time.perf_counter()
        work()
        if device.type == "cuda":
            torch.cuda.synchronize(device)
        found.append(time.perf_counter() - start)
    return found[1:]


def _peak_bytes(device: torch.device) -> int:
    if device.type == "cuda":
        return int(torch.cuda.max_memory_allocated(device))
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 2**10
