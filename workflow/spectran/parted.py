"""A Parquet file written part by part."""

from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pandas as pd
import pyarrow as pa
from pyarrow.parquet import ParquetWriter

from spectran.io import replacing

#: Rows of a row group, Arrow's own choice.
ROW_GROUP = 2**20


def write_parts(path: Path, parts: Iterable[pd.DataFrame]) -> Iterator[pd.DataFrame]:
    """Write tables of the same columns below each other, and hold no more of them than a row group and a part.

    The bytes depend on the rows alone, not on how they are parted, and are those of `write_parquet`.

    Yields:
        Each part once it is taken. The file is there when all have been asked for.
    """
    with replacing(path) as temporary, ExitStack() as stack:
        writer: ParquetWriter | None = None
        held: pd.DataFrame | None = None
        for part in parts:
            held = part if held is None else pd.concat([held, part], ignore_index=True)
            while len(held) > ROW_GROUP:
                writer = _write(held[:ROW_GROUP], writer, temporary, stack)
                held = held[ROW_GROUP:].reset_index(drop=True)
            yield part
        if held is not None:
            _write(held, writer, temporary, stack)


def _write(rows: pd.DataFrame, writer: ParquetWriter | None, path: Path, stack: ExitStack) -> ParquetWriter:
    group = pa.Table.from_pandas(rows, preserve_index=False).combine_chunks()
    writer = writer or stack.enter_context(ParquetWriter(path, group.schema, compression="zstd"))
    writer.write_table(group)
    return writer
