"""Draw one figure: SVG, PDF and the numbers behind it."""

from pathlib import Path
from typing import Any

from scripts._findings import findings_of
from scripts._job import job
from spectran.reporting.figures.write import write_figure

snakemake: Any  # put here by Snakemake

with job(snakemake):
    findings = findings_of(snakemake)
    write_figure(
        snakemake.wildcards.figure,
        findings,
        svg=Path(snakemake.output.svg),
        pdf=Path(snakemake.output.pdf),
        csv=Path(snakemake.output.csv),
    )
