"""The wording that is encoded: titles cleaned and put into the prompt."""

import html
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd

from spectran.config.text import Encoder


class ItemsError(ValueError):
    """The table of items is not what the text stage needs."""


class Wording(NamedTuple):
    """What is encoded, one text an item, and how many titles were empty once trimmed."""

    texts: list[str]
    empty: int


def read_items(path: Path) -> pd.DataFrame:
    """Read the items of a dataset: columns item (0 .. N-1, ascending), id, title.

    Raises:
        ItemsError: if a column is missing, there are no items, or row n is not item n.
    """
    items = pd.read_parquet(path)
    missing = {"item", "id", "title"} - set(items.columns)
    if missing:
        raise ItemsError(f"{path}: columns item, id and title expected, found {', '.join(items.columns)}")
    if items.empty or not np.array_equal(items["item"], np.arange(len(items))):
        raise ItemsError(f"{path}: items numbered 0 .. N-1 in this order expected, found {list(items['item'][:5])} ...")
    return items


def word(titles: Sequence[str | None], encoder: Encoder) -> Wording:
    """Unescape HTML entities where asked, trim, and put each title into the prompt."""
    cleaned = [(html.unescape(title or "") if encoder.unescape_html else title or "").strip() for title in titles]
    before, after = encoder.prompt.split("{title}")
    return Wording([f"{before}{title}{after}" for title in cleaned], cleaned.count(""))
