"""Rule training_efficiency: a trained cell's members -> seconds and memory under one fixed condition."""

from pathlib import Path
from typing import Any

from scripts._cell_job import cell_job, compute_of, label_of
from spectran.config.cells import CellSettings
from spectran.training.efficiency import measure
from spectran.training.inputs import TrainingInputs

snakemake: Any  # put here by Snakemake


def work() -> None:
    settings = CellSettings.model_validate(snakemake.params.settings)
    measure(
        settings,
        compute_of(snakemake),
        TrainingInputs.of(dict(snakemake.input.items()), settings),
        members=Path(snakemake.input.members),
        epochs=snakemake.params.epochs,
        repeats=snakemake.params.repeats,
        path=Path(snakemake.output[0]),
        label=label_of(snakemake),
    )


cell_job(snakemake, work)
