"""Rule spectra_attenuation: final members of a cell -> energy per graph frequency and layer, and filters in force."""

from pathlib import Path
from typing import Any

from scripts._cell_job import cell_job, compute_of
from spectran.config.cells import CellSettings
from spectran.data.sequences import read_train
from spectran.device import prepare
from spectran.spectra.attenuation import Look, write_attenuation
from spectran.spectra.filters import write_filters
from spectran.training.inputs import TrainingInputs
from spectran.training.trained import load_trained

snakemake: Any  # put here by Snakemake


def work() -> None:
    settings = CellSettings.model_validate(snakemake.params.settings)
    inputs = TrainingInputs.of(dict(snakemake.input.items()), settings)
    device = prepare(compute_of(snakemake))
    train = read_train(inputs.train, inputs.catalogue)
    files = {name: Path(snakemake.input[name]) for name in ("members", "choice")}
    model, members = load_trained(settings, inputs, train, **files, device=device)
    look = Look(history=settings.history, **snakemake.params.look)
    write_attenuation(Path(snakemake.output.attenuation), model, members, train, look, device)
    write_filters(Path(snakemake.output.filters), model, members)


cell_job(snakemake, work)
