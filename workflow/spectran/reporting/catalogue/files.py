"""Files that the report is made from, and links to."""

from spectran.config.study import Study

#: Tidy frames made by `gather` (the fields of `frames.Frames`), each a Parquet file.
FRAMES = (
    "cells",
    "metrics",
    "choice",
    "cost",
    "spectrum",
    "collapse",
    "trials",
    "provenance",
    "datasets",
    "rounds",
    "embeddings",
    "controls",
    "efficiency",
    "weights",
    "mixing",
    "comparisons",
    "variance",
    "aggregates",
    "groups",
    "audit",
    "popularity",
    "sensitivity",
    "failures",
    "frequencies",
    "filters",
    "sampled",
    "locality",
    "graphs",
)

#: Files of a cell that the report is made from.
CELL_FILES = (
    "ranks.parquet",
    "trials.parquet",
    "training.json",
    "spectrum.parquet",
    "provenance.json",
)

#: The records of the two jobs that make them, each written when all else is.
CELL_RECORDS = ("provenance.json", "ranks.provenance.json")

#: Files that a cell has beside these where it belongs to a part of the study.
PART_FILES = {
    "efficiency": ("efficiency.json",),
    "case_study": ("weights.parquet", "mixing.parquet"),
    "frellm4rec": ("attenuation.parquet", "filters.json"),
}

#: Files of an untrained control on a dataset.
CONTROL_FILES = ("choice.json", "ranks.parquet")

#: Files of the statistics, and of the audit of a dataset.
STATISTICS_FILES = ("comparisons.parquet", "variance.parquet", "aggregates.parquet", "groups.parquet")
AUDIT_FILES = ("audit.json", "popularity.parquet")

#: Other files that the page links to: the trained members of a cell, and below data/, text/ and spectra/ what says how
#: a dataset, its embeddings and their spectra came about.
MEMBERS = "members.safetensors"
DATA_FILES = ("statistics.json",)
TEXT_FILES = ("encoding.json",)
SPECTRA_FILES = ("spectrum.parquet", "diagnostics.json")
#: What is known of a dataset's item graph, for FreLLM4Rec's part.
GRAPH_FILES = ("graph.json", "locality.parquet")


def graph_folder(study: Study, dataset: str) -> str:
    """Folder of `GRAPH_FILES`, below the study's results."""
    return f"spectra/{dataset}/graph/{study.protocol.split_name}"


def graph_files(study: Study) -> list[str]:
    """Those of every dataset, below the study's results; none where the part is not run."""
    datasets = study.datasets if study.parts.frellm4rec else ()
    return [f"{graph_folder(study, dataset)}/{name}" for dataset in datasets for name in GRAPH_FILES]
