"""A user's own tables: ids untouched, each mistake named by file and line."""

import gzip
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from spectran.config.data import Files
from spectran.data.errors import DataError
from spectran.data.files import read_files

EVENTS = "user,item,timestamp\n00123,NA,5\nnull,B2,-7\n"
ITEMS = 'item,title\nNA,"Two, with comma"\nB2,\n'


def pair(folder: Path, events: str = EVENTS, items: str = ITEMS) -> Files:
    (folder / "events.csv").write_text(events, encoding="utf-8")
    (folder / "items.csv").write_text(items, encoding="utf-8")
    return Files(interactions=str(folder / "events.csv"), items=str(folder / "items.csv"))


def failure(source: Files) -> str:
    with pytest.raises(DataError) as caught:
        read_files(source)
    return str(caught.value)


def test_ids_stay_as_written(tmp_path: Path):
    interactions, items = read_files(pair(tmp_path))
    assert interactions.to_dict("list") == {"user": ["00123", "null"], "item": ["NA", "B2"], "timestamp": [5, -7]}
    assert items.to_dict("list") == {"item": ["NA", "B2"], "title": ["Two, with comma", ""]}


def test_gzip_byte_order_mark_and_own_column_names(tmp_path: Path):
    (tmp_path / "e.csv.gz").write_bytes(gzip.compress("\ufeffwho,what,when,stars\nu,i,1,5\n".encode()))
    (tmp_path / "i.csv.gz").write_bytes(gzip.compress("name,what\nTwo\u00e9,i\n".encode()))
    source = Files(
        interactions=str(tmp_path / "e.csv.gz"),
        items=str(tmp_path / "i.csv.gz"),
        user_column="who",
        item_column="what",
        timestamp_column="when",
        title_column="name",
    )
    interactions, items = read_files(source)
    assert interactions.to_numpy().tolist() == [["u", "i", 1]]
    assert items.to_numpy().tolist() == [["i", "Two\u00e9"]]


def test_parquet_gives_what_csv_gives(tmp_path: Path):
    from_csv = read_files(pair(tmp_path))
    source = Files(interactions=str(tmp_path / "e.parquet"), items=str(tmp_path / "i.parquet"))
    from_csv[0].assign(user=from_csv[0]["user"].astype("category")).to_parquet(source.interactions)
    from_csv[1].assign(title=from_csv[1]["title"].replace("", None)).to_parquet(source.items)
    for ours, theirs in zip(read_files(source), from_csv, strict=True):
        pd.testing.assert_frame_equal(ours, theirs)


def test_whole_number_ids_in_parquet_are_text(tmp_path: Path):
    source = Files(interactions=str(tmp_path / "e.parquet"), items=str(tmp_path / "i.parquet"))
    pd.DataFrame({"user": [7], "item": [8], "timestamp": [9]}).to_parquet(source.interactions)
    pd.DataFrame({"item": [8], "title": ["t"]}).to_parquet(source.items)
    assert read_files(source)[0].to_numpy().tolist() == [["7", "8", 9]]


@pytest.mark.parametrize(
    ("events", "found"),
    [
        ("user,item,time\nu,NA,1\n", "one column 'timestamp' expected, found none; columns: 'user', 'item', 'time'"),
        ("user,user,item,timestamp\na,b,NA,1\n", "one column 'user' expected, found 2"),
        (
            "user,item,timestamp\nu,NA,1\n\nu,NA,soon\n",
            "line 4: an integer expected in column 'timestamp', found 'soon'",
        ),
        (
            'user,item,timestamp\n"u\nv",NA,1\nu,NA,1.0\n',
            "line 4: an integer expected in column 'timestamp', found '1.0'",
        ),
        ("user,item,timestamp\nu,NA,\n", "line 2: an integer expected in column 'timestamp', found ''"),
        (
            "user,item,timestamp\nu,NA,9223372036854775808\n",
            "line 2: an integer of 64 bits (-2^63 to 2^63 - 1) expected",
        ),
        (f"user,item,timestamp\nu,NA,1\nu,NA,{'9' * 5000}\n", "line 3: an integer of 64 bits"),
        ("user,item,timestamp\nu,NA,1\n,NA,1\n", "line 3: a non-empty id expected in column 'user', found ''"),
        ("user,item,timestamp\nu,,1\n", "line 2: a non-empty id expected in column 'item', found ''"),
        ("user,item,timestamp\nu,NA,1\n\nu,NA\n", "line 4: 3 columns expected, as in the header, found 2"),
        ('user,item,timestamp\n"u\nv",NA,1\nu,NA,1,1\n', "line 4: 3 columns expected, as in the header, found 4"),
        ("user,item,timestamp\n", "at least one row expected"),
        ("", "a readable CSV table expected"),
    ],
)
def test_bad_interactions_are_named(tmp_path: Path, events: str, found: str):
    message = failure(pair(tmp_path, events=events))
    assert message.startswith(str(tmp_path / "events.csv"))
    assert found in message


@pytest.mark.parametrize(
    ("items", "start", "found"),
    [
        ("item,name\nNA,t\n", "items.csv: ", "one column 'title' expected, found none; columns: 'item', 'name'"),
        ("item,title\nNA,a\nB2,b\nNA,c\n", "items.csv, line 4: ", "found 'NA' again (first: line 2)"),
        ("item,title\n,a\n", "items.csv, line 2: ", "a non-empty id expected in column 'item'"),
        ("item,title\nNA,a\n", "events.csv, line 3: ", "found none for 'B2' (1 such items)"),
    ],
)
def test_bad_items_are_named(tmp_path: Path, items: str, start: str, found: str):
    message = failure(pair(tmp_path, items=items))
    assert message.startswith(str(tmp_path / start))
    assert found in message


@pytest.mark.parametrize(
    ("events", "found"),
    [
        (b"user,item,timestamp\nu,NA,1\n\nM\xfcller,NA,1\n", "line 4: text in UTF-8 expected, found b'M\\xfcller'"),
        (b"us\xe9r,item,timestamp\nu,NA,1\n", "line 1: text in UTF-8 expected, found b'us\\xe9r'"),
    ],
)
@pytest.mark.parametrize("suffix", [".csv", ".csv.gz"])
def test_text_that_is_not_utf8_is_named(tmp_path: Path, events: bytes, found: str, suffix: str):
    path = tmp_path / f"latin{suffix}"
    path.write_bytes(gzip.compress(events) if suffix == ".csv.gz" else events)
    message = failure(pair(tmp_path).model_copy(update={"interactions": str(path)}))
    assert message == f"{path}, {found}"


def test_a_mistake_is_placed_in_a_file_with_other_text_in_a_column_not_read(tmp_path: Path):
    path = tmp_path / "latin.csv"
    path.write_bytes(b"user,item,timestamp,note\nu,NA,1,\xfc\nu,NA,soon,\n")
    message = failure(pair(tmp_path).model_copy(update={"interactions": str(path)}))
    assert message.startswith(f"{path}, line 3: an integer expected")


def test_the_ends_of_64_bits_are_read(tmp_path: Path):
    ends = [-(2**63), 2**63 - 1]
    source = pair(tmp_path, events="user,item,timestamp\n" + "".join(f"u,NA,{end}\n" for end in ends))
    assert read_files(source)[0]["timestamp"].tolist() == ends


def test_a_missing_file_is_named(tmp_path: Path):
    source = pair(tmp_path)
    Path(source.items).unlink()
    assert failure(source) == f"{source.items}: no such file"


@pytest.mark.parametrize(
    ("column", "values", "found"),
    [
        ("timestamp", np.array([2**63], dtype="uint64"), "row 1: an integer of 64 bits (-2^63 to 2^63 - 1) expected"),
        ("timestamp", [1.5], "integers expected in column 'timestamp', found type double"),
        ("timestamp", pd.to_datetime(["2014-01-01"]), "integers expected in column 'timestamp', found type timestamp"),
        ("timestamp", pd.array([None], dtype="Int64"), "row 1: an integer expected in column 'timestamp', found None"),
        ("user", [0.5], "text or whole numbers expected in column 'user', found type double"),
        ("user", [None], "text or whole numbers expected in column 'user', found type null"),
        ("user", pd.array([None], dtype="Int64"), "row 1: a non-empty id expected in column 'user', found None"),
    ],
)
def test_bad_parquet_columns_are_named(tmp_path: Path, column: str, values: object, found: str):
    path = tmp_path / "e.parquet"
    pd.DataFrame({"user": ["u"], "item": ["NA"], "timestamp": [1]}).assign(**{column: values}).to_parquet(path)
    message = failure(pair(tmp_path).model_copy(update={"interactions": str(path)}))
    assert message.startswith(str(path))
    assert found in message


def test_a_file_that_is_no_parquet_is_named(tmp_path: Path):
    path = tmp_path / "e.parquet"
    path.write_text(EVENTS)
    message = failure(pair(tmp_path).model_copy(update={"interactions": str(path)}))
    assert f"{path}: a readable Parquet table expected" in message
