"""Rule spectra_decompose: embeddings -> SVDs, spectrum and collapse diagnostics."""

from pathlib import Path
from typing import Any

from scripts._job import job
from spectran.config.training import Compute
from spectran.device import prepare
from spectran.spectra.embeddings import decompose_file

snakemake: Any  # put here by Snakemake

with job(snakemake):
    prepare(Compute.model_validate(snakemake.config.get("compute") or {}))
    output = snakemake.output
    decompose_file(
        Path(snakemake.input.embeddings),
        {"raw": Path(output.raw), "centred": Path(output.centred)},
        Path(output.spectrum),
        Path(output.diagnostics),
    )
