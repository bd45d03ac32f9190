"""Audit the printed tables."""

from pathlib import Path
from typing import Any

from scripts._findings import findings_job
from spectran.reporting.audit.write import write_audit

snakemake: Any  # put here by Snakemake

with findings_job(snakemake) as findings:
    write_audit(
        Path(snakemake.output.page),
        Path(snakemake.output.record),
        findings,
        published=Path(snakemake.input.published[0]).parent,
        templates=Path(snakemake.input.templates[0]).parent,
    )
