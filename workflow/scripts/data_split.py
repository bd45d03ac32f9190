"""Split the prepared interactions into train, validation and test part."""

from pathlib import Path
from typing import Any

import pandas as pd

from scripts._job import job
from spectran.data.split import split_by_name

snakemake: Any  # put here by Snakemake

with job(snakemake):
    interactions = pd.read_parquet(snakemake.input[0])
    split_by_name(interactions, snakemake.wildcards.split).write(Path(snakemake.output.train).parent)
