"""Rule spectra_attenuation: final members of a cell -> energy per graph frequency and layer, and filters in force."""

from pathlib import Path
from typing import Any

from scripts._cell_job import cell_job
from scripts._trained_cell import trained_cell
from spectran.spectra.attenuation import Look, write_attenuation
from spectran.spectra.filters import write_filters

snakemake: Any  # put here by Snakemake


def work() -> None:
    cell = trained_cell(snakemake)
    look = Look(history=cell.settings.history, **snakemake.params.look)
    write_attenuation(Path(snakemake.output.attenuation), cell.model, cell.members, cell.train, look, cell.device)
    write_filters(Path(snakemake.output.filters), cell.model, cell.members)


cell_job(snakemake, work)
