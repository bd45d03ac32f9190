"""Write the page."""

from pathlib import Path
from typing import Any

from scripts._job import job
from spectran.config.load import parse_study
from spectran.reporting.claims.load import read_claims
from spectran.reporting.load import load_findings
from spectran.reporting.page import write_page

snakemake: Any  # put here by Snakemake

with job(snakemake):
    findings = load_findings(
        parse_study(snakemake.params.study),
        frames=Path(snakemake.input.frames[0]).parent,
        published=Path(snakemake.input.published[0]).parent,
    )
    claims = read_claims(Path(snakemake.input.claims))
    write_page(Path(snakemake.output[0]), findings, claims, Path(snakemake.input.templates[0]).parent)
