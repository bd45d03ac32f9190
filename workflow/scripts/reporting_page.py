"""Write the page."""

from pathlib import Path
from typing import Any

from scripts._findings import findings_job
from spectran.reporting.claims.load import read_claims
from spectran.reporting.page import write_page

snakemake: Any  # put here by Snakemake

with findings_job(snakemake) as findings:
    claims = read_claims(Path(snakemake.input.claims))
    templates = Path(snakemake.input.templates[0]).parent
    write_page(Path(snakemake.output[0]), findings, claims, templates, stored=snakemake.params.stored)
