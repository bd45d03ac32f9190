"""Rule training_cell: splits and text features -> trained members, curves, choice, cost, spectra, provenance."""

from pathlib import Path
from typing import Any

from scripts._job import job
from spectran.config.cells import CellSettings
from spectran.config.training import Compute
from spectran.training.inputs import TrainingInputs
from spectran.training.job import run_training

snakemake: Any  # put here by Snakemake

with job(snakemake):
    settings = CellSettings.model_validate(snakemake.params.settings)
    run_training(
        settings,
        Compute.model_validate(snakemake.config.get("compute") or {}),
        TrainingInputs.of(dict(snakemake.input.items()), settings),
        results=Path(snakemake.output.members).parent,
        state=Path(snakemake.params.state),
        label=snakemake.params.label,
        study=str(snakemake.config["name"]),
    )
