"""Read all cells of the study into tidy frames."""

from pathlib import Path
from typing import Any

from scripts._job import job
from spectran.config.cells import expand
from spectran.config.load import parse_study
from spectran.reporting.catalogue.files import CELL_FILES
from spectran.reporting.frames import write_frames
from spectran.reporting.gather import gather

snakemake: Any  # put here by Snakemake

# The rule names the records of the cells' jobs; this job's own record names what it reads of them.
cells = {Path(record).parent for record in snakemake.input.cells}
with job(snakemake, reads=[cell / name for cell in cells for name in CELL_FILES]):
    study = parse_study(snakemake.params.study)
    folder = Path(snakemake.output[0]).parent
    write_frames(gather(study, expand(study), folder.parent.parent), folder)
