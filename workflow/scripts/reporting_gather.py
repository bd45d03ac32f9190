"""Read all cells of the study into tidy frames."""

from pathlib import Path
from typing import Any

from scripts._job import job
from spectran.config.cells import expand
from spectran.config.load import parse_study
from spectran.reporting.frames import write_frames
from spectran.reporting.gather import gather

snakemake: Any  # put here by Snakemake

with job(snakemake):
    study = parse_study(snakemake.params.study)
    folder = Path(snakemake.output[0]).parent
    write_frames(gather(study, expand(study), folder.parent.parent), folder)
