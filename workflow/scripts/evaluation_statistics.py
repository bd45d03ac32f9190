"""Rule evaluation_statistics: every cell's ranks -> comparisons, variance, aggregates and groups of users."""

from pathlib import Path
from typing import Any

from scripts._job import job
from spectran.config.load import parse_study
from spectran.evaluation.statistics.run import run_statistics

snakemake: Any  # put here by Snakemake

with job(snakemake):
    folder = Path(snakemake.output[0]).parent
    run_statistics(parse_study(snakemake.params.study), folder.parent, folder)
