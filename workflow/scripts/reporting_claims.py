"""Judge every claim."""

from pathlib import Path
from typing import Any

from scripts._findings import findings_of
from scripts._job import job
from spectran.reporting.claims import write_claims

snakemake: Any  # put here by Snakemake

with job(snakemake):
    findings = findings_of(snakemake)
    write_claims(Path(snakemake.output[0]), findings)
