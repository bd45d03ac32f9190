"""Rule spectra_weights: final members of a SpecTran cell -> its component weights, at the start and trained."""

from pathlib import Path
from typing import Any

from scripts._cell_job import cell_job, compute_of
from spectran.config.cells import CellSettings
from spectran.data.sequences import read_train
from spectran.device import prepare
from spectran.spectra.weights import write_weights
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
    moments = {"init": inputs.blueprint(settings, train).build(members), "trained": model}
    write_weights(Path(snakemake.output.weights), Path(snakemake.output.mixing), members, moments)


cell_job(snakemake, work)
