"""Rule spectra_collaborative: final members of a cell -> the item vectors of the first seed, for other cells."""

from pathlib import Path
from typing import Any

from scripts._cell_job import cell_job, compute_of
from spectran.config.cells import CellSettings
from spectran.data.sequences import read_train
from spectran.device import prepare
from spectran.spectra.collaborative import write_items
from spectran.training.inputs import TrainingInputs
from spectran.training.trained import load_trained

snakemake: Any  # put here by Snakemake


def work() -> None:
    settings = CellSettings.model_validate(snakemake.params.settings)
    inputs = TrainingInputs.of(dict(snakemake.input.items()), settings)
    device = prepare(compute_of(snakemake))
    train = read_train(inputs.train, inputs.catalogue)
    files = {name: Path(snakemake.input[name]) for name in ("members", "choice")}
    model, _ = load_trained(settings, inputs, train, **files, device=device)
    write_items(Path(snakemake.output.vectors), model)


cell_job(snakemake, work)
