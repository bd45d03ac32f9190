"""Read the raw form of the 2014 Amazon release: reviews as JSON lines, metadata as Python dict literals."""

import ast
import json
import logging
import re
import sys
from collections.abc import Collection
from pathlib import Path

import pandas as pd

from spectran.data.errors import DataError
from spectran.data.lines import read_gzip_lines
from spectran.data.tables import interactions_table, items_table
from spectran.progress import Pace

#: A metadata line whose first key is a plain asin: enough to skip an item that nobody reviewed. The value must end
#: there (no escape, no second literal) and the line must close, so that anything unusual takes the full parse.
_STARTS_WITH_ASIN = re.compile(r"\{'asin': '([^'\\]*)'(?:, '.*)?\}", re.DOTALL)

_log = logging.getLogger(__name__)


def parse_amazon(reviews: Path, metadata: Path) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Read both files of a category.

    Returns:
        Interactions (user, item, timestamp in seconds; file order) and items (item, title; ascending item). Every item
        of the reviews has one row; its title is '' where the metadata have no row or no text for it, as happens in
        the release.

    Raises:
        DataError: names file and line of the first thing that is not as the release has it.
    """
    interactions = parse_reviews(reviews)
    titles = parse_titles(metadata, wanted=frozenset(interactions["item"]))
    return interactions, items_table((item, titles.get(item, "")) for item in sorted(set(interactions["item"])))


def parse_reviews(path: Path) -> pd.DataFrame:
    """Read reviewerID, asin and unixReviewTime of each review, in file order.

    Raises:
        DataError: if a line is not a JSON object with these three, or there is no line.
    """
    users, items, times = [], [], []
    pace = Pace()
    for number, line in read_gzip_lines(path):
        place = f"{path}, line {number}"
        try:
            review = json.loads(line)
        except (ValueError, RecursionError) as error:
            raise DataError(f"{place}: a JSON object expected, found {line[:80]!r} ({error})") from None
        if not isinstance(review, dict):
            raise DataError(f"{place}: a JSON object expected, found {type(review).__name__}")
        users.append(sys.intern(_identifier(review, "reviewerID", place)))
        items.append(sys.intern(_identifier(review, "asin", place)))
        time = review.get("unixReviewTime")
        if type(time) is not int or abs(time) >= 2**63:
            raise DataError(f"{place}: an integer 'unixReviewTime' expected, found {time!r}")
        times.append(time)
        if pace.due():
            _log.info("%s: %d reviews", path, number)
    if not users:
        raise DataError(f"{path}: one review a line expected, found an empty file")
    return interactions_table(users, items, times)


def parse_titles(path: Path, wanted: Collection[str]) -> dict[str, str]:
    """Read the titles of the wanted items: '' where a row has none; the first of repeated rows counts.

    A line is one Python literal and is read as data only (`ast.literal_eval`): code in it is refused, never run.

    Raises:
        DataError: if a line that is needed is not a dict literal with a text 'asin'.
    """
    titles: dict[str, str] = {}
    pace = Pace()
    for number, line in read_gzip_lines(path):
        if pace.due():
            _log.info("%s: %d lines, %d of %d items found", path, number, len(titles), len(wanted))
        match = _STARTS_WITH_ASIN.fullmatch(line)
        if match and match[1] not in wanted:
            continue
        place = f"{path}, line {number}"
        row = _literal(line, place)
        item = _identifier(row, "asin", place)
        if item in wanted and item not in titles:
            titles[item] = _title(row.get("title", ""), item, place)
    _log.info("%s: %d of %d items have a row", path, len(titles), len(wanted))
    return titles


def _title(title: object, item: str, place: str) -> str:
    """The release has a few odd rows; they cost the item its title, not the reader the whole run."""
    if isinstance(title, str):
        return title
    _log.info("%s: the title of %s is no text but %s; it counts as missing", place, item, type(title).__name__)
    return ""


def _literal(line: str, place: str) -> dict[str, object]:
    try:
        row = ast.literal_eval(line)
    except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError) as error:
        raise DataError(f"{place}: a Python dict literal expected, found {line[:80]!r} ({error})") from None
    if not isinstance(row, dict):
        raise DataError(f"{place}: a Python dict literal expected, found {type(row).__name__}")
    return row


def _identifier(row: dict[str, object], key: str, place: str) -> str:
    value = row.get(key)
    if not isinstance(value, str) or not value:
        raise DataError(f"{place}: a non-empty text '{key}' expected, found {value!r}")
    return value
