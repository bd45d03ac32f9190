"""Judge every claim."""

from pathlib import Path
from typing import Any

from scripts._job import job
from spectran.config.load import parse_study
from spectran.reporting.claims import write_claims
from spectran.reporting.load import load_findings

snakemake: Any  # put here by Snakemake

with job(snakemake):
    findings = load_findings(
        parse_study(snakemake.params.study),
        frames=Path(snakemake.input.frames[0]).parent,
        published=Path(snakemake.input.published[0]).parent,
    )
    write_claims(Path(snakemake.output[0]), findings)
