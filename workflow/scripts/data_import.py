"""Read a user's own pair of tables into the two tables."""

from pathlib import Path
from typing import Any

from scripts._job import job
from spectran.config.data import Files
from spectran.data.files import read_files
from spectran.data.tables import write_tables

snakemake: Any  # put here by Snakemake

# As Snakemake found them: it puts a module's prefix before relative paths, or fetches them from a store.
tables = {"interactions": snakemake.input.interactions, "items": snakemake.input.catalogue}

with job(snakemake):
    write_tables(
        read_files(Files.model_validate(snakemake.params.source | tables)),
        Path(snakemake.output.interactions),
        Path(snakemake.output.catalogue),
    )
