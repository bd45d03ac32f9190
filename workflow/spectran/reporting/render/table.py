"""A table as data: entries with a place, a text, a mark and a link. It knows nothing of HTML or LaTeX."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Literal

import pandas as pd

#: A row or column: the group that it belongs to ("" for none), and its own name.
Head = tuple[str, str]
Mark = Literal["", "best", "second", "absent"]


@dataclass(frozen=True)
class Entry:
    """One number or word of a table."""

    row: Head
    column: Head
    text: str
    mark: Mark = ""
    link: str = ""
    """File that the number comes from, relative to the study's results folder."""
    sign: str = ""
    """A mark after the text that a note explains (significance)."""


@dataclass(frozen=True)
class Table:
    """Entries in reading order, and the same as a tidy frame with full precision."""

    entries: tuple[Entry, ...]
    data: pd.DataFrame
    stub: str = ""
    """What the rows are."""
    prose: tuple[str, ...] = ()
    """Names of the columns that hold words, not numbers."""
    notes: tuple[str, ...] = ()
    """What a reader has to know beside the caption; depends on the study."""

    @property
    def rows(self) -> list[Head]:
        """Rows in order of their first appearance, those of one group together."""
        return _grouped(entry.row for entry in self.entries)

    @property
    def columns(self) -> list[Head]:
        """Columns likewise."""
        return _grouped(entry.column for entry in self.entries)

    @property
    def column_groups(self) -> list[tuple[str, int]]:
        """Names of neighbouring columns' groups, and how many columns each has; empty if no column has one."""
        groups = [(name, len(list(heads))) for name, heads in groupby(self.columns, key=lambda head: head[0])]
        return groups if any(name for name, _ in groups) else []

    def lines(self) -> Iterator[tuple[str, list[tuple[str, list[Entry]]]]]:
        """Groups of rows; each row has its name and one entry a column."""
        at = {(entry.row, entry.column): entry for entry in self.entries}
        for group, heads in groupby(self.rows, key=lambda head: head[0]):
            yield (
                group,
                [(row[1], [at.get((row, column), Entry(row, column, "")) for column in self.columns]) for row in heads],
            )


def _grouped(heads: Iterable[Head]) -> list[Head]:
    different = list(dict.fromkeys(heads))
    order = {group: number for number, group in enumerate(dict.fromkeys(group for group, _ in different))}
    return sorted(different, key=lambda head: order[head[0]])


def nothing(column: str) -> tuple[Entry, ...]:
    """The one entry of a table that has nothing to show in this study."""
    return (Entry(("", "–"), ("", column), "none in this study", mark="absent"),)


def place_marks(values: "pd.Series[float]") -> list[Mark]:
    """Best (highest) and second among the values of one column; equals share a mark. None where one stands alone."""
    ranks = values.rank(method="dense", ascending=False)
    if values.notna().sum() < 2:
        return [""] * len(values)
    names: dict[float, Mark] = {1.0: "best", 2.0: "second"}
    return [names.get(rank, "") for rank in ranks]
