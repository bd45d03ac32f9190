"""Frames of what the evaluation says beyond means: comparisons, groups, the data audit and the protocol's variants."""

from pathlib import Path

import pandas as pd

from spectran.config.study import Study
from spectran.evaluation.audit.measure import audit_frame
from spectran.evaluation.statistics.frames import FRAMES
from spectran.reporting.cell_files import json_keys, parquet_columns
from spectran.reporting.frames import KEY_TYPES

POPULARITY = dict.fromkeys(["place", "popularity", "targets", "decile"], int)
SENSITIVITY = KEY_TYPES | {
    **dict.fromkeys(["variant", "variant_label"], str),
    "seed": int,
    **dict.fromkeys(["score", "metric"], str),
    "value": float,
}


def evaluation_frames(study: Study, results: Path) -> dict[str, pd.DataFrame]:
    """The frames comparisons, variance, aggregates, groups, audit and popularity.

    Raises:
        ResultFileError: naming the first file that is missing or lacks a column or key.
    """
    audits = [results / "audit" / name for name in study.datasets]
    return {
        **{
            name: parquet_columns(results / "statistics" / f"{name}.parquet", list(schema))
            for name, schema in FRAMES.items()
        },
        "audit": pd.concat(
            [audit_frame(json_keys(folder / "audit.json", ["dataset", "checks"])) for folder in audits],
            ignore_index=True,
        ),
        "popularity": pd.concat(
            [
                parquet_columns(folder / "popularity.parquet", list(POPULARITY)).assign(dataset=folder.name)
                for folder in audits
            ],
            ignore_index=True,
        )[["dataset", *POPULARITY]],
    }
