"""Judge every claim."""

from pathlib import Path
from typing import Any

from scripts._findings import findings_job
from spectran.reporting.claims import write_claims

snakemake: Any  # put here by Snakemake

with findings_job(snakemake) as findings:
    write_claims(Path(snakemake.output[0]), findings)
