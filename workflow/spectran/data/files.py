"""Read a user's own pair of tables, CSV or Parquet, and say exactly what is wrong with them if something is."""

import csv
import re
from collections.abc import Iterator
from io import TextIOWrapper
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pv
import pyarrow.parquet as pq

from spectran.config.data import Files
from spectran.data.errors import DataError
from spectran.data.unzipped import Unzipped

_INTEGER = r"^[+-]?[0-9]+$"
#: Short enough to be counted: int() of thousands of digits is refused.
_SHORT_INTEGER = r"^[+-]?[0-9]{1,40}$"
#: What stands for a byte that is not UTF-8.
_UNDECODED = re.compile("[\udc80-\udcff]")
_BITS_64 = "an integer of 64 bits (-2^63 to 2^63 - 1)"


def read_files(source: Files) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Read both tables; ids and titles are text as written ('NA' and '00123' stay what they are).

    Returns:
        Interactions (user, item, timestamp) and items (item, title), in file order.

    Raises:
        DataError: on a missing file or column, a row of another length, text that is not UTF-8, an empty id, a time
            that is not an integer of 64 bits, a repeated item, or an item of the interactions without a row in the
            items; names the file and the first line concerned.
    """
    interactions, items = Path(source.interactions), Path(source.items)
    events = _read(interactions, [source.user_column, source.item_column, source.timestamp_column])
    users = _identifiers(interactions, events, source.user_column)
    bought = _identifiers(interactions, events, source.item_column)
    times = _integers(interactions, events, source.timestamp_column)
    catalogue = _read(items, [source.item_column, source.title_column])
    known = _identifiers(items, catalogue, source.item_column)
    titles = pc.fill_null(_text(items, catalogue, source.title_column), "")
    _refuse_repeated(items, known)
    _refuse_unknown(interactions, bought, items, known)
    return _table(user=users, item=bought, timestamp=times), _table(item=known, title=titles)


def _table(**columns: pa.ChunkedArray) -> pd.DataFrame:
    # One piece each, for Parquet's pages follow the pieces.
    table: pd.DataFrame = pa.table({name: column.combine_chunks() for name, column in columns.items()}).to_pandas()
    return table


def _read(path: Path, columns: list[str]) -> pa.Table:
    if not path.is_file():
        raise DataError(f"{path}: no such file")
    try:
        names = pq.read_schema(path).names if path.suffix == ".parquet" else _header(path)
        # What is not asked for is read only where it must be told what there is.
        wanted = columns if all(names.count(column) == 1 for column in columns) else None
        table = pq.read_table(path, columns=wanted) if path.suffix == ".parquet" else _read_csv(path, columns, wanted)
        names = names if wanted else table.column_names
    except (pa.ArrowException, OSError, UnicodeDecodeError) as error:
        kind = "Parquet" if path.suffix == ".parquet" else "CSV"
        _refuse_csv_fault(path)
        raise DataError(f"{path}: a readable {kind} table expected: {error}") from None
    for column in columns:
        count = names.count(column)
        if count != 1:
            found = ", ".join(map(repr, names))
            raise DataError(f"{path}: one column {column!r} expected, found {count or 'none'}; columns: {found}")
    if not table.num_rows:
        raise DataError(f"{path}: at least one row expected, found none")
    return table.select(columns)


def _header(path: Path) -> list[str]:
    try:
        return next((row for _, row in _csv_rows(path)), [])
    except csv.Error:
        return []  # Arrow will say it


def _read_csv(path: Path, columns: list[str], wanted: list[str] | None) -> pa.Table:
    return pv.read_csv(
        Unzipped(path) if path.suffix == ".gz" else path,
        parse_options=pv.ParseOptions(newlines_in_values=True),
        convert_options=pv.ConvertOptions(
            column_types=dict.fromkeys(columns, pa.string()), strings_can_be_null=False, include_columns=wanted
        ),
    )


def _text(path: Path, table: pa.Table, column: str) -> pa.ChunkedArray:
    """A column as text; whole numbers are taken as they print."""
    values = table[column]
    kind = values.type.value_type if pa.types.is_dictionary(values.type) else values.type
    if not (pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_integer(kind)):
        raise DataError(f"{path}: text or whole numbers expected in column {column!r}, found type {kind}")
    return values.cast(pa.large_string())


def _identifiers(path: Path, table: pa.Table, column: str) -> pa.ChunkedArray:
    values = _text(path, table, column)
    empty = pc.equal(pc.utf8_length(pc.fill_null(values, "")), 0)
    _refuse_first(path, column, empty, values, "a non-empty id")
    return values


def _integers(path: Path, table: pa.Table, column: str) -> pa.ChunkedArray:
    values = table[column]
    if pa.types.is_integer(values.type):
        _refuse_first(path, column, pc.is_null(values), values, "an integer")
    elif not (pa.types.is_string(values.type) or pa.types.is_large_string(values.type)):
        raise DataError(f"{path}: integers expected in column {column!r}, found type {values.type}")
    else:
        for form, expected in ((_INTEGER, "an integer"), (_SHORT_INTEGER, _BITS_64)):
            matches = pc.fill_null(pc.match_substring_regex(values, form), fill_value=False)
            _refuse_first(path, column, pc.invert(matches), values, expected)
        values = pc.replace_substring_regex(values, r"^\+", "")
    try:
        return values.cast(pa.int64())
    except pa.ArrowInvalid:
        outside = pa.chunked_array([[not -(2**63) <= int(value) < 2**63 for value in values.to_pylist()]])
        _refuse_first(path, column, outside, table[column], _BITS_64)
        raise


def _refuse_first(path: Path, column: str, wrong: pa.ChunkedArray, values: pa.ChunkedArray, expected: str) -> None:
    index = pc.index(wrong, value=True).as_py()
    if index >= 0:
        found = values[index].as_py()
        raise DataError(f"{_place(path, index)}: {expected} expected in column {column!r}, found {found!r}")


def _refuse_repeated(path: Path, items: pa.ChunkedArray) -> None:
    if pc.count_distinct(items).as_py() == len(items):
        return
    first: dict[str, int] = {}
    for index, item in enumerate(items.to_pylist()):
        if first.setdefault(item, index) != index:
            before = _place(path, first[item]).removeprefix(f"{path}, ")
            raise DataError(f"{_place(path, index)}: one row an item expected, found {item!r} again (first: {before})")


def _refuse_unknown(path: Path, bought: pa.ChunkedArray, items_path: Path, items: pa.ChunkedArray) -> None:
    unknown = pc.invert(pc.is_in(bought, value_set=items))
    index = pc.index(unknown, value=True).as_py()
    if index >= 0:
        count = pc.count_distinct(bought.filter(unknown)).as_py()
        raise DataError(
            f"{_place(path, index)}: a row in {items_path} expected for each item, "
            f"found none for {bought[index].as_py()!r} ({count} such items)"
        )


def _place(path: Path, index: int) -> str:
    """Where the row of this index stands in the file; CSV rows are counted again, for lines and rows may differ."""
    if path.suffix == ".parquet":
        return f"{path}, row {index + 1}"
    line = next(line for count, (line, _) in enumerate(_csv_rows(path)) if count == index + 1)
    return f"{path}, line {line}"


def _refuse_csv_fault(path: Path) -> None:
    """Find what made a CSV unreadable, if it is the text or the length of a row."""
    if path.suffix == ".parquet":
        return
    width = 0
    try:
        for line, row in _csv_rows(path):
            width = width or len(row)
            wrong = next((value for value in row if _UNDECODED.search(value)), None)
            if wrong is not None:
                found = wrong.encode("utf-8", "surrogateescape")
                raise DataError(f"{path}, line {line}: text in UTF-8 expected, found {found!r}")
            if len(row) != width:
                raise DataError(f"{path}, line {line}: {width} columns expected, as in the header, found {len(row)}")
    except (csv.Error, OSError):
        return  # what Arrow said stands


def _csv_rows(path: Path) -> Iterator[tuple[int, list[str]]]:
    """Line (a row's last) and fields of each row that is not empty; bytes that are not UTF-8 become surrogates."""
    with (
        pa.input_stream(path) as raw,  # unzips .gz
        TextIOWrapper(raw, encoding="utf-8-sig", errors="surrogateescape", newline="") as text,
    ):
        reader = csv.reader(text)
        yield from ((reader.line_num, row) for row in reader if row)
