"""Frames of the parts of a study that have files of their own: cost under one condition, and the case study."""

from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from spectran.config.cells import Cell, cells_of_parts
from spectran.config.study import Study
from spectran.reporting.cell_files import json_keys, parquet_columns
from spectran.reporting.frames import KEYS

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
    measured, studied = parts.get("efficiency", []), parts.get("case_study", [])
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
    empty = pd.DataFrame({key: pd.Series(dtype=int if key == "dim" else str) for key in KEYS}).assign(
        **{key: pd.Series(dtype=kind) for key, kind in types.items()}
    )
    return pd.concat(keyed, ignore_index=True)[[*KEYS, *types]] if keyed else empty
