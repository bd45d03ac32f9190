"""Rule spectra_weights: final members of a SpecTran cell -> its component weights, at the start and trained."""

from pathlib import Path
from typing import Any

from scripts._cell_job import cell_job
from scripts._trained_cell import trained_cell
from spectran.spectra.weights import write_weights

snakemake: Any  # put here by Snakemake


def work() -> None:
    cell = trained_cell(snakemake)
    moments = {"init": cell.inputs.blueprint(cell.settings, cell.train).build(cell.members), "trained": cell.model}
    write_weights(Path(snakemake.output.weights), Path(snakemake.output.mixing), cell.members, moments)


cell_job(snakemake, work)
