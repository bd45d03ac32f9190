"""Write every table as CSV, LaTeX and a small page."""

from pathlib import Path
from typing import Any

from scripts._job import job
from spectran.config.load import parse_study
from spectran.reporting.load import load_findings
from spectran.reporting.render.write import write_tables

snakemake: Any  # put here by Snakemake

with job(snakemake):
    findings = load_findings(
        parse_study(snakemake.params.study),
        frames=Path(snakemake.input.frames[0]).parent,
        published=Path(snakemake.input.published[0]).parent,
    )
    write_tables(findings, Path(snakemake.output.csv[0]).parent, Path(snakemake.input.templates[0]).parent)
