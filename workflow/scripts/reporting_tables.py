"""Write every table as CSV, LaTeX and a small page."""

from pathlib import Path
from typing import Any

from scripts._findings import findings_job
from spectran.reporting.render.write import write_tables

snakemake: Any  # put here by Snakemake

with findings_job(snakemake) as findings:
    write_tables(findings, Path(snakemake.output.csv[0]).parent, Path(snakemake.input.templates[0]).parent)
