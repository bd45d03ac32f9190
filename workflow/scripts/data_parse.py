"""Read raw Amazon reviews and metadata into the two tables."""

from pathlib import Path
from typing import Any

from scripts._job import job
from spectran.data.amazon import parse_amazon
from spectran.data.tables import write_tables

snakemake: Any  # put here by Snakemake

with job(snakemake):
    write_tables(
        parse_amazon(Path(snakemake.input.reviews), Path(snakemake.input.metadata)),
        Path(snakemake.output.interactions),
        Path(snakemake.output.catalogue),
    )
