"""Draw one figure: SVG, PDF and the numbers behind it."""

from pathlib import Path
from typing import Any

from scripts._job import job
from spectran.config.load import parse_study
from spectran.reporting.figures.write import write_figure
from spectran.reporting.load import load_findings

snakemake: Any  # put here by Snakemake

with job(snakemake):
    findings = load_findings(
        parse_study(snakemake.params.study),
        frames=Path(snakemake.input.frames[0]).parent,
        published=Path(snakemake.input.published[0]).parent,
    )
    write_figure(
        snakemake.wildcards.figure,
        findings,
        svg=Path(snakemake.output.svg),
        pdf=Path(snakemake.output.pdf),
        csv=Path(snakemake.output.csv),
    )
