"""Write every table as CSV, LaTeX and a small page."""

from pathlib import Path
from typing import Any

from scripts._findings import findings_of
from scripts._job import job
from spectran.reporting.render.write import write_tables

snakemake: Any  # put here by Snakemake

with job(snakemake):
    findings = findings_of(snakemake)
    write_tables(findings, Path(snakemake.output.csv[0]).parent, Path(snakemake.input.templates[0]).parent)
