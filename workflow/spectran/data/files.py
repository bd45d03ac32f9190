"""Read a user's own pair of tables, CSV or Parquet, and say exactly what is wrong with them if something is."""

import csv
from io import TextIOWrapper
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pv
import pyarrow.parquet as pq

from spectran.config.data import Files
from spectran.data.errors import DataError
from spectran.data.tables import interactions_table, items_table

#: Eighteen digits always fit 64 bits.
_INTEGER = r"^[+-]?[0-9]{1,18}$"


def read_files(source: Files) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Read both tables; ids and titles are text as written ('NA' and '00123' stay what they are).

    Returns:
        Interactions (user, item, timestamp) and items (item, title), in file order.

    Raises:
        DataError: on a missing file or column, an empty id, a time that is not an integer, a repeated item, or an item
            of the interactions without a row in the items; names the file and the first line concerned.
    """
    interactions, items = Path(source.interactions), Path(source.items)
    events = _read(interactions, [source.user_column, source.item_column, source.timestamp_column])
    users = _identifiers(interactions, events, source.user_column)
    bought = _identifiers(interactions, events, source.item_column)
    times = _integers(interactions, events, source.timestamp_column)
    catalogue = _read(items, [source.item_column, source.title_column])
    known = _identifiers(items, catalogue, source.item_column)
    titles = pc.fill_null(_text(items, catalogue, source.title_column), "").to_pylist()
    _refuse_repeated(items, known)
    _refuse_unknown(interactions, bought, items, known)
    return interactions_table(users, bought, times), items_table(zip(known, titles, strict=True))


def _read(path: Path, columns: list[str]) -> pa.Table:
    if not path.is_file():
        raise DataError(f"{path}: no such file")
    try:
        table = pq.read_table(path) if path.suffix == ".parquet" else _read_csv(path, columns)
    except (pa.ArrowException, OSError) as error:
        kind = "Parquet" if path.suffix == ".parquet" else "CSV"
        raise DataError(f"{path}: a readable {kind} table expected: {error}") from None
    for column in columns:
        count = table.column_names.count(column)
        if count != 1:
            found = ", ".join(map(repr, table.column_names))
            raise DataError(f"{path}: one column {column!r} expected, found {count or 'none'}; columns: {found}")
    if not table.num_rows:
        raise DataError(f"{path}: at least one row expected, found none")
    return table.select(columns)


def _read_csv(path: Path, columns: list[str]) -> pa.Table:
    return pv.read_csv(
        path,
        parse_options=pv.ParseOptions(newlines_in_values=True),
        convert_options=pv.ConvertOptions(column_types=dict.fromkeys(columns, pa.string()), strings_can_be_null=False),
    )


def _text(path: Path, table: pa.Table, column: str) -> pa.ChunkedArray:
    """A column as text; whole numbers are taken as they print."""
    values = table[column]
    kind = values.type.value_type if pa.types.is_dictionary(values.type) else values.type
    if not (pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_integer(kind)):
        raise DataError(f"{path}: text or whole numbers expected in column {column!r}, found type {kind}")
    return values.cast(pa.large_string())


def _identifiers(path: Path, table: pa.Table, column: str) -> list[str]:
    values = _text(path, table, column)
    empty = pc.equal(pc.utf8_length(pc.fill_null(values, "")), 0)
    _refuse_first(path, column, empty, values, "a non-empty id")
    return list(values.to_pylist())


def _integers(path: Path, table: pa.Table, column: str) -> list[int]:
    values = table[column]
    if pa.types.is_integer(values.type):
        _refuse_first(path, column, pc.is_null(values), values, "an integer")
        return list(values.to_pylist())
    if not (pa.types.is_string(values.type) or pa.types.is_large_string(values.type)):
        raise DataError(f"{path}: integers expected in column {column!r}, found type {values.type}")
    matches = pc.fill_null(pc.match_substring_regex(values, _INTEGER), fill_value=False)
    _refuse_first(path, column, pc.invert(matches), values, "an integer")
    return [int(value) for value in values.to_pylist()]


def _refuse_first(path: Path, column: str, wrong: pa.ChunkedArray, values: pa.ChunkedArray, expected: str) -> None:
    index = pc.index(wrong, value=True).as_py()
    if index >= 0:
        found = values[index].as_py()
        raise DataError(f"{_place(path, index)}: {expected} expected in column {column!r}, found {found!r}")


def _refuse_repeated(path: Path, items: list[str]) -> None:
    first: dict[str, int] = {}
    for index, item in enumerate(items):
        if first.setdefault(item, index) != index:
            before = _place(path, first[item]).removeprefix(f"{path}, ")
            raise DataError(f"{_place(path, index)}: one row an item expected, found {item!r} again (first: {before})")


def _refuse_unknown(path: Path, bought: list[str], items_path: Path, items: list[str]) -> None:
    known = set(items)
    missing = {item for item in bought if item not in known}
    if missing:
        index = next(index for index, item in enumerate(bought) if item in missing)
        raise DataError(
            f"{_place(path, index)}: a row in {items_path} expected for each item, "
            f"found none for {bought[index]!r} ({len(missing)} such items)"
        )


def _place(path: Path, index: int) -> str:
    """Where the row of this index stands in the file; CSV rows are counted again, for lines and rows may differ."""
    if path.suffix == ".parquet":
        return f"{path}, row {index + 1}"
    with pa.input_stream(path) as raw, TextIOWrapper(raw, encoding="utf-8-sig", newline="") as text:  # unzips .gz
        reader = csv.reader(text)
        rows = (reader.line_num for row in reader if row)
        line = next(number for count, number in enumerate(rows) if count == index + 1)
    return f"{path}, line {line}"
