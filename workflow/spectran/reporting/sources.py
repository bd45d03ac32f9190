"""Where every number comes from: the files behind each cell and dataset.

`results` is the study's results folder, or None where its files are in object storage: these cannot be looked at, so
none is missed, and those that a failed job left empty are named too.
"""

from dataclasses import dataclass, replace
from pathlib import Path

import pandas as pd

from spectran.config.cells import Cell, variant_cells
from spectran.config.control_cells import expand_controls
from spectran.reporting.catalogue.files import (
    AUDIT_FILES,
    CELL_FILES,
    CONTROL_FILES,
    DATA_FILES,
    FRAMES,
    GRAPH_FILES,
    MEMBERS,
    PART_FILES,
    SPECTRA_FILES,
    STATISTICS_FILES,
    TEXT_FILES,
    graph_folder,
)
from spectran.reporting.cell_files import ResultFileError, is_made
from spectran.reporting.findings import Findings
from spectran.reporting.frames import KEYS
from spectran.supervision.ledger import SUFFIX


@dataclass(frozen=True)
class Source:
    """A folder of the results and the files in it that can be opened."""

    label: str
    folder: str
    """Relative to the study's results folder."""
    files: tuple[str, ...]


def cell_sources(findings: Findings, results: Path | None) -> list[Source]:
    """One entry a cell: the files that the report reads, and the trained members; what is left of one that failed.

    Raises:
        ResultFileError: naming the first file that is missing.
    """
    return [
        _cell_source(results, f"{findings.place_of(row)} · {row['method_label']}", row["path"], *_files_of(row))
        for _, row in findings.frames.cells.iterrows()
    ]


def variant_sources(findings: Findings, results: Path | None) -> list[Source]:
    """One entry a cell under a variant of the protocol, with the same files.

    Raises:
        ResultFileError: naming the first file that is missing.
    """
    part, cells = findings.study.parts.sensitivity, variant_cells(findings.study)
    rows = {Cell(*row[KEYS]): row for _, row in findings.frames.cells.iterrows()}
    return [
        _cell_source(
            results,
            f"{findings.place_of(row)} · {row['method_label']} · {part.variants[cell.variant].label}",
            cell.path,
            *(*CELL_FILES, MEMBERS),
        )
        for cell in cells
        if part is not None
        for row in [rows[replace(cell, variant="")]]
    ]


def control_sources(findings: Findings, results: Path | None) -> list[Source]:
    """One entry an untrained control and dataset: its choice and its ranks.

    Raises:
        ResultFileError: naming the first file that is missing.
    """
    datasets, frame = findings.dataset_labels, findings.frames.controls
    labels = {name: options.label for name, options in findings.study.controls.items()}
    labels |= dict(zip(frame["control"], frame["control_label"], strict=True))
    return [
        _cell_source(results, f"{datasets[cell.dataset]} · {labels[cell.control]}", cell.path, *CONTROL_FILES)
        for cell in expand_controls(findings.study)
    ]


def shared_sources(findings: Findings, results: Path | None) -> list[Source]:
    """Datasets, their embeddings and spectra, and the frames that the report is made from.

    Raises:
        ResultFileError: naming the first file that is missing.
    """
    encoder = findings.study.encoder.name
    found = []
    for name, label in findings.dataset_labels.items():
        found += [
            _source(results, f"{label}: data", f"data/{name}", *DATA_FILES),
            _source(results, f"{label}: text", f"text/{name}/{encoder}", *TEXT_FILES),
            _source(results, f"{label}: spectra", f"spectra/{name}/{encoder}", *SPECTRA_FILES),
            _source(results, f"{label}: audit", f"audit/{name}", *AUDIT_FILES),
        ]
        if findings.study.parts.frellm4rec:
            found.append(_source(results, f"{label}: item graph", graph_folder(findings.study, name), *GRAPH_FILES))
    found.append(_source(results, "Comparisons, spreads and groups", "statistics", *STATISTICS_FILES))
    frames = [f"{name}.parquet" for name in FRAMES]
    return [*found, _source(results, "Tidy frames of the report", "report/data", *frames)]


def _files_of(cell: "pd.Series[str]") -> tuple[str, ...]:
    further = [name for part, names in PART_FILES.items() if cell[part] for name in names]
    return (*CELL_FILES, MEMBERS, *further)


def _cell_source(results: Path | None, label: str, folder: str, *files: str) -> Source:
    """The same of a cell or control: the records of its jobs that failed, and its files but those left empty."""
    source = _source(results, label, folder, *files)
    if results is None:
        return source
    failed = [path.name for path in sorted((results / folder).glob(f"*{SUFFIX}"))]
    made = [name for name in files if is_made(results / folder / name)]
    return Source(f"{label} (failed)" if failed else label, folder, (*failed, *made))


def _source(results: Path | None, label: str, folder: str, *files: str) -> Source:
    for name in files:
        if results and not (results / folder / name).is_file():
            raise ResultFileError(f"{results / folder / name}: a file that the page links to expected, found none")
    return Source(label, folder, files)
