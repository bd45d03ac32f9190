"""Finding a number, as a reader sees it, among the tables of a report."""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

_NUMBER = re.compile(r"[+-]?(\d*\.?\d+|\d{1,3}(,\d{3})+(\.\d+)?)(e[+-]?\d+)?")
#: Numbers that say where a row belongs and how it was measured, not what came out.
_KEYS = ("dim", "seeds", "round")


class NumberError(ValueError):
    """A text is no number, or no table shows it."""


@dataclass(frozen=True)
class Shown:
    """A number as it is printed.

    Attributes:
        text: its digits, with a plain minus sign and no comma.
        percent: whether it is followed by %.
    """

    text: str
    percent: bool

    @classmethod
    def read(cls, text: str) -> "Shown":
        """Understand .0420, 0.0420, +3.1 %, −0.5, 1,705,728, 1e-06 and 0.0420 ± 0.0003 (the number before ±).

        Raises:
            NumberError: if it is none of these.
        """
        plain = text.partition("±")[0].replace("−", "-").replace("\u00a0", " ").strip().lower()
        digits = plain.removesuffix("%").strip()
        if _NUMBER.fullmatch(digits) is None:
            raise NumberError(f"a number as a table shows it expected (0.0420, .0420, 3.1 %), found {text!r}")
        return cls(digits.replace(",", "").removeprefix("+"), plain.endswith("%"))

    def shows(self, value: float) -> bool:
        """Whether a value, rounded to as many digits, is printed so."""
        if not np.isfinite(value):
            return False
        values = [value, 100 * value] if self.percent else [value]
        return any(self._printed(each) == float(self.text) for each in values)

    def _printed(self, value: float) -> float:
        mantissa, exponent, _ = self.text.partition("e")
        return float(f"{value:.{len(mantissa.partition('.')[2])}{exponent or 'f'}}")


@dataclass(frozen=True)
class Match:
    """A cell of a table that shows the number.

    Attributes:
        table: name of the table.
        column: name of the column.
        value: in full.
        row: all of the row.
    """

    table: str
    column: str
    value: float
    row: dict[str, Any]

    @property
    def keys(self) -> dict[str, Any]:
        """What tells the row from the others, for the eye."""
        told = {key: value for key, value in self.row.items() if isinstance(value, str) or key in ("dim", "round")}
        return {key: value for key, value in told.items() if key != self.column and not key.endswith("_label")}


def find(shown: Shown, tables: Path, only: str | None = None) -> list[Match]:
    """Every cell of the tables that shows a number, table by table, the paper's own first.

    Args:
        shown: the number.
        tables: folder of the tidy tables (CSV, full precision).
        only: name of the one table to look at.

    Raises:
        NumberError: if there is no such table, or no cell that shows it.
    """
    paths = sorted(tables.glob(f"{only or '*'}.csv"), key=lambda path: (not path.stem.startswith("table"), path.stem))
    if not paths:
        names = ", ".join(sorted(path.stem for path in tables.glob("*.csv"))) or "none"
        raise NumberError(f"{tables}: table {only or 'of the report'} expected, found {names}")
    found = [match for path in paths for match in _in_table(shown, path)]
    if not found:
        where = f"{only}.csv" if only else f"any of {len(paths)} tables"
        raise NumberError(f"{tables}: {shown.text} in a cell of {where} expected, found in none")
    return found


def _in_table(shown: Shown, path: Path) -> list[Match]:
    frame = pd.read_csv(path)
    numbers = [name for name in frame.select_dtypes("number").columns if name not in _KEYS]
    return [
        Match(path.stem, name, float(row[name]), {str(key): value for key, value in row.items() if not pd.isna(value)})
        for row in frame.to_dict("records")
        for name in numbers
        if shown.shows(float(row[name]))
    ]
