"""Rule evaluation_control: a control's choice and the test split -> every user's target rank."""

from pathlib import Path
from typing import Any

from scripts._cell_job import cell_job, label_of
from spectran.config.control_cells import ControlSettings
from spectran.config.training import Compute
from spectran.device import prepare
from spectran.evaluation.control import run_control_evaluation
from spectran.training.control import ControlInputs

snakemake: Any  # put here by Snakemake


def work() -> None:
    prepare(Compute(device="cpu", threads=snakemake.threads))
    settings = ControlSettings.model_validate(snakemake.params.settings)
    run_control_evaluation(
        settings,
        ControlInputs.of(dict(snakemake.input.items()), settings),
        test=Path(snakemake.input.test),
        choice=Path(snakemake.input.choice),
        ranks=Path(snakemake.output.ranks),
        label=label_of(snakemake),
    )


cell_job(snakemake, work)
