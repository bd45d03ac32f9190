"""A frame as CSV, for programs and for people with a spreadsheet."""

from typing import Any

import pandas as pd

#: What a spreadsheet takes for the start of a formula, which could send the sheet's contents away.
_FORMULA = ("=", "+", "-", "@", "\t")


def to_csv(frame: pd.DataFrame) -> str:
    """The frame with full precision and without its index.

    Numbers stay as they are, negative ones too. A text that a spreadsheet would take for a formula gets an apostrophe
    in front, which is how spreadsheets themselves mark a text.
    """
    texts = frame.select_dtypes(exclude="number").columns
    return frame.assign(**{name: frame[name].map(_text) for name in texts}).to_csv(index=False, lineterminator="\n")


def _text(value: Any) -> Any:
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA) else value
