"""Write the synthetic catalogue and its reviews in the raw Amazon form."""

from pathlib import Path
from typing import Any

from scripts._job import job
from spectran.config.data import Synthetic
from spectran.data.synthetic import synthesise

snakemake: Any  # put here by Snakemake

with job(snakemake):
    synthesise(
        Synthetic.model_validate(snakemake.params.source),
        Path(snakemake.output.reviews),
        Path(snakemake.output.metadata),
    )
