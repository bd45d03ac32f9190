"""The synthetic data: equal bytes, the raw form's oddities, a usable size."""

import ast
import gzip
from pathlib import Path

import pandas as pd
import pytest

from spectran.config.data import Protocol, Synthetic
from spectran.data.amazon import parse_amazon
from spectran.data.prepare import Prepared, prepare
from spectran.data.split import leave_one_out
from spectran.data.synthetic import synthesise
from spectran.data.tables import write_tables


def write(folder: Path, **options: int) -> tuple[Path, Path]:
    paths = folder / "reviews.json.gz", folder / "metadata.json.gz"
    synthesise(Synthetic(**options), *paths)
    return paths


@pytest.fixture(scope="module")
def raw(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    return write(tmp_path_factory.mktemp("synthetic"))


@pytest.fixture(scope="module")
def parsed(raw: tuple[Path, Path]) -> tuple[pd.DataFrame, pd.DataFrame]:
    return parse_amazon(*raw)


@pytest.fixture(scope="module")
def prepared(parsed: tuple[pd.DataFrame, pd.DataFrame], tmp_path_factory: pytest.TempPathFactory) -> Prepared:
    folder = tmp_path_factory.mktemp("parsed")
    write_tables(parsed, folder / "interactions.parquet", folder / "items.parquet")
    return prepare(folder / "interactions.parquet", folder / "items.parquet", Protocol(), None)


def test_equal_seeds_give_equal_bytes_and_others_do_not(tmp_path: Path):
    runs = [write(tmp_path / str(at), users=60, items=40, seed=seed) for at, seed in enumerate([1, 1, 2])]
    contents = [[path.read_bytes() for path in paths] for paths in runs]
    assert contents[0] == contents[1]
    assert contents[0][0] != contents[2][0]
    assert contents[0][1] != contents[2][1]
    assert all(content[3:8] == bytes(5) for content in contents[0])  # gzip header: no name, no time


def test_the_smallest_catalogue_can_be_written(tmp_path: Path):
    interactions, _ = parse_amazon(*write(tmp_path, users=1, items=20))
    assert len(set(interactions["user"])) == 1


def test_the_default_survives_the_protocol(prepared: Prepared):
    statistics = prepared.statistics
    assert statistics["users"] >= 1400
    assert statistics["items"] >= 550
    assert 8 <= statistics["average_length"] <= 10
    assert len(statistics["rounds"]) >= 4  # all, titled, a round of the core, last 13


def test_some_users_are_cut_at_thirteen(prepared: Prepared):
    before, after = (count["interactions"] for count in prepared.statistics["rounds"][-2:])
    assert after < before


def test_the_raw_form_has_the_releases_oddities(raw: tuple[Path, Path], parsed: tuple[pd.DataFrame, pd.DataFrame]):
    with gzip.open(raw[1], "rt") as lines:
        rows = [ast.literal_eval(line) for line in lines]
    titles = [row["title"] for row in rows if "title" in row]
    assert len(rows) == 600
    assert 0 < len(rows) - len(titles) < 12  # without a title
    assert 0 < len(titles) - len(set(titles)) < 20  # with another's title
    assert any("&amp;" in title for title in titles)
    assert any("&quot;" in title for title in titles)
    assert any("'" in title for title in titles)
    assert 0 < len(rows) - parsed[0]["item"].nunique() < 30  # items nobody reviews


def test_days_ascend_with_some_ties_and_no_item_comes_twice(parsed: tuple[pd.DataFrame, pd.DataFrame]):
    events = parsed[0]
    assert (events["timestamp"] % 86_400 == 0).all()
    assert not events.duplicated(["user", "item"]).any()
    tied = events.duplicated(["user", "timestamp"]).mean()
    assert 0.05 < tied < 0.25


def test_titles_explain_tastes_in_part(prepared: Prepared):
    """Neighbours in a sequence share a brand more often than chance has it, and yet mostly do not."""
    brand = prepared.items["title"].str.split(" ").str[0].to_numpy()
    train = leave_one_out(prepared.interactions).train
    train = train.assign(brand=brand[train["item"]])
    previous = train.groupby("user")["brand"].shift()
    shared = (train["brand"] == previous)[previous.notna()].mean()
    chance = (train["brand"].value_counts(normalize=True) ** 2).sum()
    assert 3 * chance < shared < 0.6
