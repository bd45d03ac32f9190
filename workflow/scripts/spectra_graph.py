"""Rule spectra_graph: train part -> facts of its item graph, and how local its users' sequences are."""

from pathlib import Path
from typing import Any

from scripts._job import job
from spectran.spectra.graph_facts import write_graph_facts

snakemake: Any  # put here by Snakemake

with job(snakemake):
    output = snakemake.output
    write_graph_facts(Path(snakemake.input.train), Path(output.graph), Path(output.locality))
