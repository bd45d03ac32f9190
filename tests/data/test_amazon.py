"""Raw reviews and metadata: what is read, and how each damage is named."""

import json
from pathlib import Path

import pytest

from data.server import write_lines
from spectran.data import lines as lines_module
from spectran.data.amazon import parse_amazon, parse_reviews, parse_titles
from spectran.data.errors import DataError


def review(user: object, item: object, time: object) -> str:
    return json.dumps({"reviewerID": user, "asin": item, "reviewText": 'a "text"', "unixReviewTime": time})


GOOD = [review("U1", "B1", 86400), review("U2", "B1", 0), review("U1", "B2", 172800)]


def test_reviews_and_titles_come_together(tmp_path: Path):
    reviews = write_lines(tmp_path / "r.gz", [*GOOD, review("U2", "B3", 5)])
    metadata = write_lines(
        tmp_path / "m.gz",
        [
            """{'asin': 'B9', 'title': "Nobody's"}""",
            """{'asin': 'B1', 'title': "A 'title' &amp; more", 'price': 9.99, 'categories': [['Office']]}""",
            """{'price': None, 'asin': 'B2'}""",
        ],
    )
    interactions, items = parse_amazon(reviews, metadata)
    assert interactions.to_dict("list") == {
        "user": ["U1", "U2", "U1", "U2"],
        "item": ["B1", "B1", "B2", "B3"],
        "timestamp": [86400, 0, 172800, 5],
    }
    # B2 has a row without a title, B3 has no row: both are titleless, as in the release
    assert items.to_dict("list") == {"item": ["B1", "B2", "B3"], "title": ["A 'title' &amp; more", "", ""]}


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("not json", "a JSON object expected, found 'not json'"),
        ("", "a JSON object expected, found ''"),
        ("[1]", "a JSON object expected, found list"),
        (review("U1", None, 1), "a non-empty text 'asin' expected, found None"),
        (review("", "B1", 1), "a non-empty text 'reviewerID' expected, found ''"),
        (review("U1", "B1", "1"), "an integer 'unixReviewTime' expected, found '1'"),
        (review("U1", "B1", True), "an integer 'unixReviewTime' expected, found True"),
        (review("U1", "B1", 1.5), "an integer 'unixReviewTime' expected, found 1.5"),
        (review("U1", "B1", 2**63), "an integer 'unixReviewTime' expected, found 9223372036854775808"),
        ("[" * 100_000, "a JSON object expected"),
    ],
)
def test_a_bad_review_is_named_by_file_and_line(tmp_path: Path, line: str, found: str):
    path = write_lines(tmp_path / "r.gz", [*GOOD, line])
    with pytest.raises(DataError) as caught:
        parse_reviews(path)
    assert f"{path}, line 4: {found}" in str(caught.value)


def test_no_reviews_are_refused(tmp_path: Path):
    with pytest.raises(DataError, match="found an empty file"):
        parse_reviews(write_lines(tmp_path / "r.gz", []))


def test_code_in_the_metadata_is_refused_not_run(tmp_path: Path):
    trace = tmp_path / "trace"
    line = f"""{{'asin': 'B1', 'title': __import__('os').system('touch {trace}')}}"""
    path = write_lines(tmp_path / "m.gz", [line])
    with pytest.raises(DataError, match="line 1: a Python dict literal expected"):
        parse_titles(path, {"B1"})
    assert parse_titles(path, {"B2"}) == {}
    assert not trace.exists()


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("{'asin': 'B9', 'title': 'cut", "a Python dict literal expected, found \"{'asin': 'B9', 'title': 'cut\""),
        ("['asin']", "a Python dict literal expected, found list"),
        ("{'title': 'x'}", "a non-empty text 'asin' expected, found None"),
        ("{[]: 1}", "a Python dict literal expected"),
        ("(" * 5000, "a Python dict literal expected"),
    ],
)
def test_a_bad_metadata_row_is_named_by_file_and_line(tmp_path: Path, line: str, found: str):
    path = write_lines(tmp_path / "m.gz", ["{'asin': 'B9'}", line])
    with pytest.raises(DataError) as caught:
        parse_titles(path, {"B1"})
    assert f"{path}, line 2: {found}" in str(caught.value)


def test_unusual_rows_are_read_right(tmp_path: Path):
    path = write_lines(
        tmp_path / "m.gz",
        [
            r"{'asin': 'B\x31', 'title': 'escaped id'}",
            "{'asin': 'B' '2', 'title': 'two literals'}",
            "{'title': 'id behind', 'asin': 'B3'}",
            "{'asin': 'B4', 'title': 17}",
            "{'asin': 'B5', 'title': None}",
            "{'asin': 'B6', 'title': 'first'}",
            "{'asin': 'B6', 'title': 'second'}",
        ],
    )
    assert parse_titles(path, {"B1", "B2", "B3", "B4", "B5", "B6"}) == {
        "B1": "escaped id",
        "B2": "two literals",
        "B3": "id behind",
        "B4": "",
        "B5": "",
        "B6": "first",
    }


def test_damaged_files_are_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    whole = write_lines(tmp_path / "whole.gz", GOOD)
    cut = tmp_path / "cut.gz"
    cut.write_bytes(whole.read_bytes()[:-10])
    with pytest.raises(DataError, match=r"cut\.gz, after line \d: a whole gzip file expected"):
        parse_reviews(cut)
    plain = tmp_path / "plain.gz"
    plain.write_text("{}")
    with pytest.raises(DataError, match=r"plain\.gz, after line 0: a whole gzip file expected"):
        parse_reviews(plain)
    latin = tmp_path / "latin.gz"
    latin.write_bytes(lines_module.gzip.compress(GOOD[0].encode() + b"\n\xe9\n"))
    with pytest.raises(DataError, match=r"latin\.gz, line 2: UTF-8 text expected"):
        parse_reviews(latin)
    with pytest.raises(DataError, match=r"none\.gz: no such file"):
        parse_reviews(tmp_path / "none.gz")
    monkeypatch.setattr(lines_module, "LONGEST_LINE", 20)
    with pytest.raises(DataError, match=r"whole\.gz, line 1: at most 20 bytes expected"):
        parse_reviews(whole)
