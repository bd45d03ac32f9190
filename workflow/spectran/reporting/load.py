"""Findings from their files, as every rule after `gather` reads them."""

from pathlib import Path

from spectran.config.study import Study
from spectran.reporting.findings import Findings
from spectran.reporting.frames import read_frames
from spectran.reporting.printed import read_printed


def load_findings(study: Study, frames: Path, published: Path) -> Findings:
    """Read the frames written by `gather` and the printed numbers.

    Args:
        study: the study that the frames belong to.
        frames: folder of the frames (results/report/data).
        published: folder of the printed tables (config/published).
    """
    return Findings(study, read_frames(frames), read_printed(published))
