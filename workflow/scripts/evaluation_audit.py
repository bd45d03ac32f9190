"""Rule evaluation_audit: a dataset's splits -> what in them bears on every method's numbers."""

from pathlib import Path
from typing import Any

from scripts._job import job
from spectran.config.groups import Groups
from spectran.evaluation.audit.splits import read_splits
from spectran.evaluation.audit.write import write_audit

snakemake: Any  # put here by Snakemake

with job(snakemake):
    splits = read_splits(*(Path(snakemake.input[name]) for name in ("catalogue", "train", "valid", "test")))
    write_audit(
        snakemake.wildcards.dataset,
        splits,
        Groups.model_validate(snakemake.params.groups),
        record=Path(snakemake.output.record),
        popularity=Path(snakemake.output.popularity),
    )
