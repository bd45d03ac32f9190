"""Encode the titles of one dataset."""

from pathlib import Path
from typing import Any

from scripts._job import job
from spectran.config.text import Encoder
from spectran.config.training import Compute
from spectran.text.encode import encode_items

snakemake: Any  # put here by Snakemake

with job(snakemake):
    encode_items(
        items=Path(snakemake.input.catalogue),
        encoder=Encoder.model_validate(snakemake.params.encoder),
        # How the work is laid on the machine decides no result, so it is no parameter of the rule.
        compute=Compute.model_validate(snakemake.config.get("compute", {})),
        embeddings=Path(snakemake.output.embeddings),
        record=Path(snakemake.output.record),
        # Finished shards: a folder that outlives a failed job, which is why it is no output.
        state=Path(snakemake.output.embeddings).parent / ".shards",
    )
