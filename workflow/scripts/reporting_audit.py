"""Audit the printed tables."""

from pathlib import Path
from typing import Any

from scripts._findings import findings_of
from scripts._job import job
from spectran.reporting.audit.write import write_audit

snakemake: Any  # put here by Snakemake

with job(snakemake):
    findings = findings_of(snakemake)
    write_audit(
        Path(snakemake.output.page),
        Path(snakemake.output.record),
        findings,
        published=Path(snakemake.input.published[0]).parent,
        templates=Path(snakemake.input.templates[0]).parent,
    )
