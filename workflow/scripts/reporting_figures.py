"""Draw every figure: SVG, PDF and the numbers behind it."""

from pathlib import Path
from typing import Any

from scripts._findings import findings_job
from spectran.reporting.figures.write import write_figure

snakemake: Any  # put here by Snakemake

with findings_job(snakemake) as findings:
    for svg, pdf, csv in zip(snakemake.output.svg, snakemake.output.pdf, snakemake.output.csv, strict=True):
        write_figure(Path(svg).stem, findings, svg=Path(svg), pdf=Path(pdf), csv=Path(csv))
