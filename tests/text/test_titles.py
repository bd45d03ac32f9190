"""Wording of titles, and the table they are read from."""

import pandas as pd
import pytest

from spectran.config.text import Encoder
from spectran.text.titles import ItemsError, read_items, word

TITLES = ["Bath &amp; Body &#39;Set&#39;", "  spaced\t", "", None, "&nbsp; ", "a {title} b"]


def test_entities_trimming_and_empty_titles():
    texts, empty = word(TITLES, Encoder(preset="minilm"))
    assert texts == ["Bath & Body 'Set'", "spaced", "", "", "", "a {title} b"]
    assert empty == 3


def test_entities_can_be_kept():
    texts, empty = word(TITLES, Encoder(preset="minilm", unescape_html=False))
    assert texts[0] == TITLES[0]
    assert empty == 2


def test_the_prompt_goes_around_each_title():
    texts, empty = word(["x", ""], Encoder(preset="minilm", prompt="item {n}: {title}."))
    assert texts == ["item {n}: x.", "item {n}: ."]
    assert empty == 1


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        ({"item": [0], "id": ["a"]}, "columns item, id and title expected, found item, id"),
        ({"item": [1, 0], "id": ["a", "b"], "title": ["x", "y"]}, r"numbered 0 .. N-1 .* found \[1, 0\]"),
        ({"item": [], "id": [], "title": []}, "numbered 0"),
    ],
)
def test_unfit_tables_are_refused_by_name(tmp_path, columns, message):
    pd.DataFrame(columns).to_parquet(tmp_path / "items.parquet")
    with pytest.raises(ItemsError, match=rf"items\.parquet: .*{message}"):
        read_items(tmp_path / "items.parquet")
