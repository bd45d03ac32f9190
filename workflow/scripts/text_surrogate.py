"""Rule text_surrogate: text embeddings -> shuffled or random vectors of the same shape."""

from pathlib import Path
from typing import Any

from scripts._job import job
from spectran.text.surrogate import write_surrogate

snakemake: Any  # put here by Snakemake

with job(snakemake):
    write_surrogate(Path(snakemake.input.embeddings), snakemake.wildcards.vectors, Path(snakemake.output.embeddings))
