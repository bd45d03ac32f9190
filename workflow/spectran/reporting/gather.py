"""Read the files of all cells into tidy frames. Nothing after this module opens a cell's file."""

import logging
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from spectran.config.cells import Cell, CellSettings, cells_of_parts, settings_of, variant_cells
from spectran.config.control_cells import expand_controls
from spectran.config.parts import NAMED_AXES, PARTS
from spectran.config.study import Study
from spectran.config.training import POINT, Training
from spectran.evaluation.metrics import summarise
from spectran.reporting.cell_files import ResultFileError, is_made, json_keys, parquet_columns, with_keys
from spectran.reporting.cell_schemas import CHOICE, COLLAPSE, COST, METRICS, ORIGIN, SPECTRUM, TRIALS
from spectran.reporting.evaluation_frames import SENSITIVITY, evaluation_frames
from spectran.reporting.failure_frame import failure_frame
from spectran.reporting.frames import KEY_TYPES, KEYS, Frames, empty_frame
from spectran.reporting.frequency_frames import frequency_frames
from spectran.reporting.measures import MEASURES
from spectran.reporting.part_frames import part_frames
from spectran.spectra.decomposition import FORMS

logger = logging.getLogger(__name__)

STATISTICS = ["users", "items", "interactions", "density_percent", "average_length", "distinct_titles"]


def gather(study: Study, cells: Sequence[Cell], results: Path) -> Frames:
    """Read every cell of a study, and what its datasets and embeddings look like.

    Args:
        study: names the datasets, the encoder, the cut-offs and the rule for ties.
        cells: the cells to read, in the order in which tables show them.
        results: the study's results folder.

    Raises:
        ResultFileError: naming the first file that is missing or lacks a column, key or seed. An empty file is that of
            a job that failed, and gives no rows.
    """
    logger.info("reading %d cells of %d datasets", len(cells), len(study.datasets))

    def of_cells(name: str, types: Mapping[str, type], read: Callable[[Path, Cell], pd.DataFrame]) -> pd.DataFrame:
        """The rows of every cell that has this file."""
        paths = {cell: results / cell.path / name for cell in cells}
        frames = [read(path, cell).pipe(_keyed, cell) for cell, path in paths.items() if is_made(path)]
        return pd.concat(frames, ignore_index=True) if frames else empty_frame({**KEY_TYPES, **types})

    statistics = {
        name: json_keys(results / "data" / name / "statistics.json", [*STATISTICS, "rounds"]) for name in study.datasets
    }
    return Frames(
        cells=_cells(study, cells),
        metrics=of_cells("ranks.parquet", METRICS, lambda path, cell: _metrics(path, settings_of(study, cell))),
        choice=of_cells("training.json", CHOICE, lambda path, cell: _choice(path, settings_of(study, cell).training)),
        cost=of_cells("training.json", COST, lambda path, _: _cost(path)),
        spectrum=of_cells("spectrum.parquet", SPECTRUM, lambda path, _: parquet_columns(path, list(SPECTRUM))),
        collapse=of_cells("spectrum.parquet", COLLAPSE, lambda path, _: _collapse(path)),
        trials=of_cells("trials.parquet", TRIALS, lambda path, _: parquet_columns(path, list(TRIALS))),
        provenance=of_cells("provenance.json", ORIGIN, lambda path, _: _row(json_keys(path, list(ORIGIN)), ORIGIN)),
        datasets=pd.DataFrame([{"dataset": name} | {k: s[k] for k in STATISTICS} for name, s in statistics.items()]),
        rounds=pd.DataFrame(
            [
                {"dataset": name, "round": number} | {k: row[k] for k in ("step", "users", "items", "interactions")}
                for name, s in statistics.items()
                for number, row in enumerate(s["rounds"])
            ]
        ),
        embeddings=pd.concat(
            [_embeddings(results, name, study.encoder.name) for name in study.datasets], ignore_index=True
        ),
        controls=_controls(study, results),
        **part_frames(study, results),
        **evaluation_frames(study, results),
        sensitivity=_sensitivity(study, results),
        failures=failure_frame(study, results),
        **frequency_frames(study, results),
    )


def _sensitivity(study: Study, results: Path) -> pd.DataFrame:
    """The metrics of the part's cells under the study's own protocol and under each variant."""
    part = study.parts.sensitivity
    labels = {"": "as the study"} | {name: variant.label for name, variant in (part.variants if part else {}).items()}
    cells = [*cells_of_parts(study).get("sensitivity", []), *variant_cells(study)]
    frames = [
        _metrics(path, settings_of(study, cell))
        .pipe(_keyed, cell)
        .assign(variant=cell.variant, variant_label=labels[cell.variant])
        for cell in cells
        for path in [results / cell.path / "ranks.parquet"]
        if is_made(path)
    ]
    columns = [*KEYS, "variant", "variant_label", "seed", "score", "metric", "value"]
    return pd.concat(frames, ignore_index=True)[columns] if frames else empty_frame(SENSITIVITY)


def _cells(study: Study, cells: Sequence[Cell]) -> pd.DataFrame:
    labels = {axis: _labels(getattr(study, axis)) for axis in NAMED_AXES}
    members = {name: set(found) for name, found in cells_of_parts(study).items()}
    rows = [
        {
            "dataset": cell.dataset,
            "encoder": cell.encoder,
            "backbone": cell.backbone,
            "method": cell.method,
            "dim": cell.dim,
            "position": position,
            "path": cell.path,
            "dataset_label": labels["datasets"][cell.dataset],
            "backbone_label": labels["backbones"][cell.backbone],
            "method_label": labels["methods"][cell.method],
            "dataset_row": study.datasets[cell.dataset].row or cell.dataset,
            "backbone_row": study.backbones[cell.backbone].row,
            "method_row": study.methods[cell.method].row,
            "synthetic": study.datasets[cell.dataset].source == "synthetic",
            **{name: cell in members.get(name, ()) for name in PARTS},
        }
        for position, cell in enumerate(cells)
    ]
    return pd.DataFrame(rows)


def _labels(entries: Mapping[str, Any]) -> dict[str, str]:
    """The label of each entry; entries with the same label are told apart by their names."""
    count = Counter(entry.label for entry in entries.values())
    return {
        name: entry.label if count[entry.label] == 1 else f"{entry.label} ({name})" for name, entry in entries.items()
    }


def _keyed(frame: pd.DataFrame, cell: Cell) -> pd.DataFrame:
    return frame.assign(**{key: getattr(cell, key) for key in KEYS})[[*KEYS, *frame.columns]]


def _metrics(path: Path, settings: CellSettings) -> pd.DataFrame:
    seeds, evaluation = set(settings.seeds), settings.evaluation
    ranks = parquet_columns(path, ["seed", "score", "rank", "ties"])
    found = set(ranks["seed"].unique().tolist())
    if found != seeds:
        raise ResultFileError(f"{path}: ranks of the seeds {sorted(seeds)} expected, found {sorted(found)}")
    means = summarise(ranks, evaluation.cutoffs, evaluation.ties)
    return means.melt(id_vars=["seed", "score"], var_name="metric", value_name="value")


def _row(record: Mapping[str, Any], keys: Iterable[str]) -> pd.DataFrame:
    return pd.DataFrame([{key: record[key] for key in keys}])


def _cost(path: Path) -> pd.DataFrame:
    # Null where nothing was measured; a number everywhere else.
    return _row(_of_training(path, "cost", list(COST)), COST).astype({"inference_seconds": float})


def _choice(path: Path, training: Training) -> pd.DataFrame:
    counts = ["trials", "diverged_trials"]
    record = _of_training(path, "choice", [*POINT, *counts, "validation_ndcg@20", "best_epoch", "epochs"])
    runs = [(best, record["epochs"][seed]) for seed, best in record["best_epoch"].items()]
    found = {key: record[key] for key in [*POINT, *counts]} | {
        "validation": record["validation_ndcg@20"],
        "best_epoch": ", ".join(f"{best} of {epochs}" for best, epochs in runs),
        "at_limit": sum(epochs >= training.epochs and epochs - best < training.patience for best, epochs in runs),
    }
    return pd.DataFrame([found])


def _of_training(path: Path, part: str, keys: list[str]) -> dict[str, Any]:
    return with_keys(json_keys(path, [part])[part], keys, f"{path}, {part}")


def _collapse(path: Path) -> pd.DataFrame:
    table = ["seed", "table", "moment"]
    # Every singular value of a table has the table's diagnostics beside it.
    wide = parquet_columns(path, [*table, *MEASURES]).drop_duplicates(table)
    return wide.melt(id_vars=table, var_name="measure", value_name="value")


def _controls(study: Study, results: Path) -> pd.DataFrame:
    labels = _labels(study.controls)
    rows = []
    for cell in expand_controls(study):
        path = results / cell.path / "ranks.parquet"
        if not is_made(path):
            continue
        ranks = parquet_columns(path, ["seed", "score", "rank", "ties"])
        means = summarise(ranks, study.evaluation.cutoffs, study.evaluation.ties)
        names = (cell.dataset, cell.encoder, cell.control, labels[cell.control])
        rows += [(*names, metric, means[metric].item()) for metric in means.columns if "@" in metric]
    columns = {"dataset": "str", "encoder": "str", "control": "str", "control_label": "str", "metric": "str"}
    # Typed, for a study without controls has no rows that would tell.
    return pd.DataFrame(rows, columns=[*columns, "value"]).astype(columns | {"value": "float64"})


def _embeddings(results: Path, dataset: str, encoder: str) -> pd.DataFrame:
    path = results / "spectra" / dataset / encoder / "diagnostics.json"
    forms, measures = json_keys(path, FORMS), ["rank", *MEASURES]
    rows = [
        {"dataset": dataset, "encoder": encoder, "form": form, "measure": measure, "value": float(values[measure])}
        for form in FORMS
        for values in [with_keys(forms[form], measures, f"{path}, {form}")]
        for measure in measures
    ]
    return pd.DataFrame(rows)
