"""Rule training_cell: splits and text features -> trained members, curves, choice and cost, spectra."""

from pathlib import Path
from typing import Any

from scripts._cell_job import cell_job, compute_of, label_of
from spectran.config.cells import CellSettings
from spectran.training.inputs import TrainingInputs
from spectran.training.job import run_training

snakemake: Any  # put here by Snakemake


def work() -> None:
    settings = CellSettings.model_validate(snakemake.params.settings)
    folder = Path(snakemake.output.members).parent
    run_training(
        settings,
        compute_of(snakemake),
        TrainingInputs.of(dict(snakemake.input.items()), settings),
        results=folder,
        # No output: Snakemake deletes outputs of interrupted jobs, and these checkpoints must survive one.
        state=folder / ".state",
        label=label_of(snakemake),
    )


cell_job(snakemake, work, keep=("trials",))
