"""Rule evaluation_cell: final members and the test split -> every user's target rank."""

from pathlib import Path
from typing import Any

from scripts._job import job
from spectran.config.cells import CellSettings
from spectran.config.training import Compute
from spectran.evaluation.cell import run_evaluation
from spectran.training.inputs import TrainingInputs

snakemake: Any  # put here by Snakemake

with job(snakemake):
    settings = CellSettings.model_validate(snakemake.params.settings)
    run_evaluation(
        settings,
        Compute.model_validate(snakemake.config.get("compute") or {}),
        TrainingInputs.of(dict(snakemake.input.items()), settings),
        test=Path(snakemake.input.test),
        members=Path(snakemake.input.members),
        choice=Path(snakemake.input.choice),
        ranks=Path(snakemake.output.ranks),
        label=snakemake.params.label,
    )
