"""Say whether anything is missing: the exit status of the whole run."""

from pathlib import Path
from typing import Any

from scripts._findings import findings_of
from scripts._job import job
from spectran.reporting.complete import write_complete

snakemake: Any  # put here by Snakemake

with job(snakemake):
    write_complete(Path(snakemake.output.complete), findings_of(snakemake), Path(snakemake.input.page))
