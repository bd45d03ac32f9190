"""Interactions with numbers for ids: the same protocol, whatever dictionaries a file's pieces have."""

from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spectran.data.coded import read_coded
from spectran.data.protocol import apply_protocol
from spectran.data.tables import interactions_table, items_table
from spectran.io import write_parquet

#: Ids whose order as text is neither that of their lengths nor that of a first sight.
IDS = ("t9", "t10", "", "é", "Z", "a", "\U0001f600", "\uffff")


@pytest.mark.parametrize("rows_of_a_piece", [1, 3, 100])
def test_ids_are_numbered_by_their_text_over_all_pieces(tmp_path: Path, rows_of_a_piece: int):
    events = interactions_table(["u", "v", "u", "w", "v"], ["t9", "t10", "é", "Z", "t9"], [5, 4, 3, 2, 1])
    events.to_parquet(tmp_path / "file", index=False, row_group_size=rows_of_a_piece)
    coded = read_coded(tmp_path / "file")
    assert coded["item"].cat.categories.tolist() == ["Z", "t10", "t9", "é"]
    assert coded["item"].cat.codes.tolist() == [2, 1, 3, 0, 2]
    for name in ("user", "item"):
        assert coded[name].tolist() == events[name].tolist()
    assert coded["timestamp"].tolist() == [5, 4, 3, 2, 1]
    assert coded["user"].cat.codes.memory_usage(index=False, deep=True) <= 4 * len(events)


def test_a_file_without_rows_is_read(tmp_path: Path):
    empty = pa.table(
        {name: pa.array([], pa.large_string()) for name in ("user", "item")} | {"timestamp": pa.array([1])[:0]}
    )
    pq.write_table(empty, tmp_path / "file")
    assert read_coded(tmp_path / "file").empty


def by_text(events: pd.DataFrame, catalogue: pd.DataFrame, core: int, last: int) -> list[list[object]]:
    """The protocol by sorting text and counting it, one table after the other."""
    left = events[events["item"].isin(catalogue["item"])]
    while True:
        enough = [left.groupby(name)[name].transform("size") >= core for name in ("user", "item")]
        if (enough[0] & enough[1]).all():
            break
        left = left[enough[0] & enough[1]]
    newest = left.sort_values(["user", "timestamp", "item"], ascending=[True, False, True])
    kept = newest.groupby("user", sort=False).head(last)
    return kept.sort_values(["user", "timestamp", "item"]).to_numpy().tolist()


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(IDS), st.sampled_from(IDS), st.integers(0, 3)), min_size=1, max_size=60))
def test_the_protocol_keeps_of_numbers_what_it_keeps_of_text(tmp_path_factory, rows: list[tuple[str, str, int]]):
    path = tmp_path_factory.mktemp("coded") / "file"
    events = interactions_table(*zip(*rows, strict=True))
    write_parquet(path, events)
    catalogue = items_table((item, f"title {item}") for item in IDS[1:])
    left, items, counts = apply_protocol(read_coded(path), catalogue, min_title_length=2, core=2, last=3)
    assert left.to_numpy().tolist() == by_text(events, catalogue, 2, 3)
    assert items["item"].tolist() == sorted(set(left["item"]))
    sizes = left["user"].nunique(), left["item"].nunique(), len(left)
    assert (counts[-1].users, counts[-1].items, counts[-1].interactions) == sizes
