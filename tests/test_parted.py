"""A table written in parts: the bytes of the whole one, and no file if a part fails."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest

from spectran import parted
from spectran.io import write_parquet
from spectran.parted import write_parts


def parts(rows: int, count: int) -> list[pd.DataFrame]:
    rng = np.random.default_rng(0)
    columns = ("cosine", "dot")
    numbers = [rng.integers(0, 50, rows).astype(np.int32) for _ in range(count)]
    return [pd.DataFrame({"seed": k, "score": columns[k % 2], "rank": rank}) for k, rank in enumerate(numbers)]


@pytest.mark.parametrize(("rows", "count"), [(7, 4), (300, 1), (400_000, 3)])
def test_parts_have_the_bytes_of_the_whole(tmp_path: Path, rows: int, count: int):
    tables = parts(rows, count)
    assert [len(part) for part in write_parts(tmp_path / "parts", tables)] == [rows] * count
    write_parquet(tmp_path / "whole", pd.concat(tables, ignore_index=True))
    assert (tmp_path / "parts").read_bytes() == (tmp_path / "whole").read_bytes()


def test_a_row_group_is_full_wherever_parts_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(parted, "ROW_GROUP", 10)
    tables = parts(7, 4)
    list(write_parts(tmp_path / "file", tables))
    file = pq.ParquetFile(tmp_path / "file")
    assert [file.metadata.row_group(number).num_rows for number in range(file.num_row_groups)] == [10, 10, 8]
    pd.testing.assert_frame_equal(pd.read_parquet(tmp_path / "file"), pd.concat(tables, ignore_index=True))


def test_no_file_is_left_by_a_part_that_fails(tmp_path: Path):
    def failing() -> Iterator[pd.DataFrame]:
        yield from parts(7, 2)
        raise ValueError("a score is NaN")

    with pytest.raises(ValueError, match="NaN"):
        list(write_parts(tmp_path / "file", failing()))
    assert list(tmp_path.iterdir()) == []
