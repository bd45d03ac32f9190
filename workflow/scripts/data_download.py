"""Download one raw file of an Amazon category."""

from pathlib import Path
from typing import Any

from scripts._job import job
from spectran.config.data import Amazon
from spectran.data.download import download

snakemake: Any  # put here by Snakemake

with job(snakemake):
    download(
        Amazon.model_validate(snakemake.params.source),
        snakemake.wildcards.part,
        Path(snakemake.output.data),
        Path(snakemake.output.record),
    )
