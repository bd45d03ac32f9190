"""What every reporting script starts from."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import scripts._collector  # noqa: F401 - before what is large
from scripts._job import job
from spectran.config.load import parse_study
from spectran.reporting.catalogue.files import FRAMES
from spectran.reporting.findings import Findings
from spectran.reporting.load import load_findings


@contextmanager
def findings_job(snakemake: Any) -> Iterator[Findings]:
    """A job that is given the study, its frames and the printed numbers, from the rule's inputs and params.

    The rule names the record of the frames; the job's own record names the frames.
    """
    folder = Path(snakemake.input.frames[0]).parent
    with job(snakemake, reads=[folder / f"{name}.parquet" for name in FRAMES]):
        yield load_findings(
            parse_study(snakemake.params.study),
            frames=folder,
            published=Path(snakemake.input.published[0]).parent,
        )
