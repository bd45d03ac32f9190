"""Reading one result file with the columns or keys that the report needs."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq


class ResultFileError(ValueError):
    """A result file is missing, unreadable, or without something that the report needs."""


def is_made(path: Path) -> bool:
    """Whether a file has content, which an output of a failed job has not. A missing file is for its reader to name."""
    return not path.is_file() or path.stat().st_size > 0


def parquet_columns(path: Path, columns: Sequence[str]) -> pd.DataFrame:
    """Read these columns of a Parquet file.

    Raises:
        ResultFileError: naming the file and what it lacks.
    """
    try:
        found = pq.read_schema(path).names
    except (OSError, pa.ArrowInvalid) as error:
        raise ResultFileError(f"{path}: a Parquet file expected: {error}") from None
    missing = [column for column in columns if column not in found]
    if missing:
        raise ResultFileError(f"{path}: columns {missing} expected, found {found}")
    return pd.read_parquet(path, columns=list(columns))


def json_keys(path: Path, keys: Sequence[str]) -> dict[str, Any]:
    """Read a JSON object that has these keys.

    Raises:
        ResultFileError: naming the file and what it lacks.
    """
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ResultFileError(f"{path}: a JSON file expected: {error}") from None
    return with_keys(found, keys, str(path))


def with_keys(record: Any, keys: Sequence[str], where: str) -> dict[str, Any]:
    """A parsed JSON object, if it has these keys.

    Raises:
        ResultFileError: saying `where` and what is missing.
    """
    missing = [key for key in keys if not isinstance(record, dict) or key not in record]
    if missing:
        found = sorted(record) if isinstance(record, dict) else type(record).__name__
        raise ResultFileError(f"{where}: keys {missing} expected, found {found}")
    return dict(record)
