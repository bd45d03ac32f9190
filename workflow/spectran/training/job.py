"""The whole of a cell's training job: files in, files out."""

import logging
import shutil
from pathlib import Path

from spectran.config.cells import CellSettings
from spectran.config.training import Compute
from spectran.data.sequences import read_cases, read_train
from spectran.device import prepare as prepare_device
from spectran.provenance.fingerprint import fingerprint, hash_inputs
from spectran.spectra.cell import write_spectra
from spectran.training.cell import Trained, train_cell, write_cell
from spectran.training.data import prepare
from spectran.training.inputs import TrainingInputs
from spectran.training.members_file import load_members
from spectran.training.schedule import Schedule

_log = logging.getLogger(__name__)


def run_training(
    settings: CellSettings,
    compute: Compute,
    inputs: TrainingInputs,
    *,
    results: Path,
    state: Path,
    label: str,
) -> None:
    """Train a cell and write all of its files but the ranks.

    Args:
        settings: what the cell's numbers depend on.
        compute: device, threads, pack size, checkpoints.
        inputs: train part, validation part and text features.
        results: the cell's folder.
        state: folder for checkpoints; removed at the end.
        label: name in progress lines.
    """
    device = prepare_device(compute)
    hashes = hash_inputs(inputs.paths())
    identity = fingerprint(settings.numbers(), hashes, f"{device.type}, {compute.threads} threads, {compute.precision}")
    train = read_train(inputs.train)
    validation = read_cases(inputs.valid, [inputs.train])
    data = prepare(train, validation, settings.history, device)
    blueprint = inputs.blueprint(settings, train, compute.precision)
    schedule = Schedule(blueprint, data, settings.training, settings.evaluation, compute, state, identity, label)
    trained = train_cell(schedule, settings.tuning, settings.seeds)
    write_cell(results, trained, schedule)
    members = tuple(outcome.member for outcome in trained.final)
    final = load_members(results / "members.safetensors", blueprint, members, device)
    write_spectra(results, members, {"init": blueprint.build(members), "trained": final})
    shutil.rmtree(state, ignore_errors=True)
    _log.info("%s: %s", label, _summary(trained))


def _summary(trained: Trained) -> str:
    epochs = "/".join(str(len(outcome.rows)) for outcome in trained.final)
    seconds = sum(outcome.training_seconds + outcome.validation_seconds for outcome in trained.final)
    best = max(outcome.best for outcome in trained.final)
    return f"trained {epochs} epochs in {seconds:.0f} s, best validation NDCG@20 {best:.4f}"
