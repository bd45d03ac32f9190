"""Frames of the parts of a study that have files of their own: cost under one condition, and the case study."""

from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from spectran.config.cells import Cell, cells_of_parts
from spectran.config.study import Study
from spectran.reporting.cell_files import is_made, json_keys, parquet_columns
from spectran.reporting.frames import KEY_TYPES, KEYS, empty_frame

EFFICIENCY = {
    "trainable_parameters": int,
    "epoch_seconds": float,
    "inference_seconds": float,
    "peak_memory_mb": float,
    "batch": int,
    "device": str,
    "threads": int,
}
WEIGHTS = {
    "seed": int,
    "moment": str,
    "dimension": int,
    "positional": float,
    "mixing": float,
    "principal": float,
    "subordinate": float,
    "components": int,
}
MIXING = {"seed": int, "moment": str, "dimension": int, "component": int, "weight": float}


def part_frames(study: Study, results: Path) -> dict[str, pd.DataFrame]:
    """The frames efficiency, weights and mixing; with their columns and no rows where the part was not run.

    Raises:
        ResultFileError: naming the first file that is missing or lacks a column or key.
    """
    parts = cells_of_parts(study)
    measured = [c for c in parts.get("efficiency", []) if is_made(results / c.path / "efficiency.json")]
    # Both files are of one job, whose outputs are all empty where it fails.
    studied = [c for c in parts.get("case_study", []) if is_made(results / c.path / "weights.parquet")]
    records = [json_keys(results / cell.path / "efficiency.json", list(EFFICIENCY)) for cell in measured]
    efficiency = [pd.DataFrame([{key: record[key] for key in EFFICIENCY}]) for record in records]
    weights = [parquet_columns(results / cell.path / "weights.parquet", list(WEIGHTS)) for cell in studied]
    mixing = [parquet_columns(results / cell.path / "mixing.parquet", list(MIXING)) for cell in studied]
    return {
        "efficiency": _joined(measured, efficiency, EFFICIENCY),
        "weights": _joined(studied, weights, WEIGHTS),
        "mixing": _joined(studied, mixing, MIXING),
    }


def _joined(cells: Sequence[Cell], frames: Sequence[pd.DataFrame], types: dict[str, type]) -> pd.DataFrame:
    keyed = [
        frame.assign(**{key: getattr(cell, key) for key in KEYS}) for cell, frame in zip(cells, frames, strict=True)
    ]
    return pd.concat(keyed, ignore_index=True)[[*KEYS, *types]] if keyed else empty_frame(KEY_TYPES | types)
