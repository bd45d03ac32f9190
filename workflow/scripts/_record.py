"""The record that every job leaves, from Snakemake's own object."""

import sys
from collections.abc import Iterable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

from scripts._rule import own_name
from spectran.config.load import parse_study
from spectran.provenance.job import Device, Job, recorded


def record_of(snakemake: Any, beside: Iterable[Path] = (), reads: Iterable[Path] = ()) -> AbstractContextManager[None]:
    """Write the rule's output `provenance` once the block has succeeded.

    Args:
        snakemake: Snakemake's object of the job.
        beside: files that the job may make though they are no outputs of its rule.
        reads: files that it reads though its rule names only the record that they were made with.
    """
    record = snakemake.output.provenance
    study = parse_study(snakemake.config)
    job = Job(
        rule=own_name(),
        wildcards=dict(snakemake.wildcards.items()),
        settings=dict(snakemake.params.items()),
        study=study,
        inputs=tuple(map(str, [*snakemake.input, *reads])),
        outputs=tuple(path for path in map(str, snakemake.output) if path != record),
        record=str(record),
        beside=tuple(map(str, beside)),
    )

    def device() -> Device:
        # Only a rule that may use a GPU asks for one, and its work has imported torch; a light job must not.
        if "gpu" not in dict(snakemake.resources.items()) or "torch" not in sys.modules:
            return None, None
        import torch

        from spectran.device import resolve

        kind = resolve(study.compute).type
        return kind, torch.cuda.get_device_name() if kind == "cuda" else None

    return recorded(job, device)
