"""Rule training_efficiency: a trained cell's choice -> seconds and memory under one fixed condition."""

from pathlib import Path
from typing import Any

from scripts._job import job
from spectran.config.cells import CellSettings
from spectran.config.training import Compute
from spectran.training.efficiency import measure
from spectran.training.inputs import TrainingInputs

snakemake: Any  # put here by Snakemake

with job(snakemake):
    settings = CellSettings.model_validate(snakemake.params.settings)
    measure(
        settings,
        Compute.model_validate(snakemake.config.get("compute") or {}),
        TrainingInputs.of(dict(snakemake.input.items()), settings),
        choice=Path(snakemake.input.choice),
        epochs=snakemake.params.epochs,
        repeats=snakemake.params.repeats,
        path=Path(snakemake.output[0]),
        label=snakemake.params.label,
    )
