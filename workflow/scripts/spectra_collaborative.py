"""Rule spectra_collaborative: final members of a cell -> the item vectors of the first seed, for other cells."""

from pathlib import Path
from typing import Any

from scripts._cell_job import cell_job
from scripts._trained_cell import trained_cell
from spectran.spectra.collaborative import write_items

snakemake: Any  # put here by Snakemake


def work() -> None:
    cell = trained_cell(snakemake)
    write_items(Path(snakemake.output.vectors), cell.model)


cell_job(snakemake, work)
