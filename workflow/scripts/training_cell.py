"""Rule training_cell: splits and text features -> trained members, curves, choice, cost, spectra."""

from pathlib import Path
from typing import Any

from scripts._cell_job import cell_job, compute_of
from spectran.config.cells import CellSettings
from spectran.training.inputs import TrainingInputs
from spectran.training.job import run_training

snakemake: Any  # put here by Snakemake


def work() -> None:
    settings = CellSettings.model_validate(snakemake.params.settings)
    run_training(
        settings,
        compute_of(snakemake),
        TrainingInputs.of(dict(snakemake.input.items()), settings),
        results=Path(snakemake.output.members).parent,
        state=Path(snakemake.params.state),
        label=snakemake.params.label,
    )


cell_job(snakemake, work, keep=("trials",))
