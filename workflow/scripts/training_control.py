"""Rule training_control: splits -> a control's choice among the points of its own grid, by validation."""

from pathlib import Path
from typing import Any

from scripts._cell_job import cell_job, label_of
from spectran.config.control_cells import ControlSettings
from spectran.config.training import Compute
from spectran.device import prepare
from spectran.training.control import ControlInputs, run_control_choice

snakemake: Any  # put here by Snakemake


def work() -> None:
    prepare(Compute(device="cpu", threads=snakemake.threads))
    settings = ControlSettings.model_validate(snakemake.params.settings)
    run_control_choice(
        settings,
        ControlInputs.of(dict(snakemake.input.items()), settings),
        choice=Path(snakemake.output.choice),
        label=label_of(snakemake),
    )


cell_job(snakemake, work)
