"""What every reporting script starts from."""

from pathlib import Path
from typing import Any

import scripts._collector  # noqa: F401 - before what is large
from spectran.config.load import parse_study
from spectran.reporting.findings import Findings
from spectran.reporting.load import load_findings


def findings_of(snakemake: Any) -> Findings:
    """The study, its frames and the printed numbers, from the rule's inputs and params."""
    return load_findings(
        parse_study(snakemake.params.study),
        frames=Path(snakemake.input.frames[0]).parent,
        published=Path(snakemake.input.published[0]).parent,
    )
