"""Rule evaluation_cell: final members and the test split -> every user's target rank."""

from pathlib import Path
from typing import Any

from scripts._cell_job import cell_job, compute_of, label_of
from spectran.config.cells import CellSettings
from spectran.evaluation.cell import run_evaluation
from spectran.training.inputs import TrainingInputs

snakemake: Any  # put here by Snakemake


def work() -> None:
    settings = CellSettings.model_validate(snakemake.params.settings)
    run_evaluation(
        settings,
        compute_of(snakemake),
        TrainingInputs.of(dict(snakemake.input.items()), settings),
        test=Path(snakemake.input.test),
        members=Path(snakemake.input.members),
        ranks=Path(snakemake.output.ranks),
        label=label_of(snakemake),
    )


cell_job(snakemake, work)
