"""Apply the protocol, number users and items, and check the statistics."""

from pathlib import Path
from typing import Any

from scripts._job import job
from spectran.config.data import Expected, Protocol
from spectran.data.prepare import prepare

snakemake: Any  # put here by Snakemake

with job(snakemake):
    expected = snakemake.params.expected
    prepared = prepare(
        Path(snakemake.input.interactions),
        Path(snakemake.input.catalogue),
        Protocol.model_validate(snakemake.params.protocol),
        Expected.model_validate(expected) if expected else None,
    )
    prepared.write(Path(snakemake.output.statistics).parent)
