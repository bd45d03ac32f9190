"""Where every number comes from: the files behind each cell and dataset."""

from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from spectran.config.control_cells import expand_controls
from spectran.reporting.catalogue import (
    CELL_FILES,
    CONTROL_FILES,
    DATA_FILES,
    FRAMES,
    MEMBERS,
    PART_FILES,
    SPECTRA_FILES,
    TEXT_FILES,
)
from spectran.reporting.cell_files import ResultFileError
from spectran.reporting.findings import Findings


@dataclass(frozen=True)
class Source:
    """A folder of the results and the files in it that can be opened."""

    label: str
    folder: str
    """Relative to the study's results folder."""
    files: tuple[str, ...]


def cell_sources(findings: Findings, results: Path) -> list[Source]:
    """One entry a cell: the files that the report reads, and the trained members.

    Raises:
        ResultFileError: naming the first file that is missing.
    """
    return [
        _source(results, f"{findings.place_of(row)} · {row['method_label']}", row["path"], *_files_of(row))
        for _, row in findings.frames.cells.iterrows()
    ]


def control_sources(findings: Findings, results: Path) -> list[Source]:
    """One entry an untrained control and dataset: its choice and its ranks.

    Raises:
        ResultFileError: naming the first file that is missing.
    """
    datasets, controls = _dataset_labels(findings), findings.frames.controls.drop_duplicates("control")
    labels = controls.set_index("control")["control_label"]
    return [
        _source(results, f"{datasets[cell.dataset]} · {labels[cell.control]}", cell.path, *CONTROL_FILES)
        for cell in expand_controls(findings.study)
    ]


def shared_sources(findings: Findings, results: Path) -> list[Source]:
    """Datasets, their embeddings and spectra, and the frames that the report is made from.

    Raises:
        ResultFileError: naming the first file that is missing.
    """
    encoder = findings.study.encoder.name
    found = []
    for name, label in _dataset_labels(findings).items():
        found += [
            _source(results, f"{label}: data", f"data/{name}", *DATA_FILES),
            _source(results, f"{label}: text", f"text/{name}/{encoder}", *TEXT_FILES),
            _source(results, f"{label}: spectra", f"spectra/{name}/{encoder}", *SPECTRA_FILES),
        ]
    frames = [f"{name}.parquet" for name in FRAMES]
    return [*found, _source(results, "Tidy frames of the report", "report/data", *frames)]


def _files_of(cell: "pd.Series[str]") -> tuple[str, ...]:
    further = [name for part, names in PART_FILES.items() if cell[part] for name in names]
    return (*CELL_FILES, MEMBERS, *further)


def _dataset_labels(findings: Findings) -> "pd.Series[str]":
    return findings.frames.cells.drop_duplicates("dataset").set_index("dataset")["dataset_label"]


def _source(results: Path, label: str, folder: str, *files: str) -> Source:
    for name in files:
        if not (results / folder / name).is_file():
            raise ResultFileError(f"{results / folder / name}: a file that the page links to expected, found none")
    return Source(label, folder, files)
