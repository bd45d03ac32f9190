"""Say whether anything is missing: the exit status of the whole run."""

from pathlib import Path
from typing import Any

from scripts._findings import findings_job
from spectran.reporting.complete import write_complete

snakemake: Any  # put here by Snakemake

with findings_job(snakemake) as findings:
    write_complete(Path(snakemake.output.complete), findings, Path(snakemake.input.page))
