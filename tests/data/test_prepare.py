"""Numbering, statistics, and what stops them."""

from pathlib import Path

import numpy as np
import pytest

from spectran.config.data import Expected, Protocol
from spectran.data.errors import DataError
from spectran.data.prepare import Prepared, prepare
from spectran.data.tables import interactions_table, items_table, write_tables

# four users, all of whom buy the same five items; "t10" sorts before "t9" as text
ITEMS = ["t9", "t10", "i3", "i2", "i1"]
EVENTS = [(user, item, 10 * at) for user in ["u2", "u10", "u1", "u3"] for at, item in enumerate(ITEMS)]


def run(
    folder: Path,
    events: list[tuple[str, str, int]] = EVENTS,
    expected: Expected | None = None,
    title: str = " A title ",
    **protocol: int,
) -> Prepared:
    paths = folder / "interactions.parquet", folder / "items.parquet"
    tables = interactions_table(*zip(*events, strict=True)), items_table((item, title) for item in ITEMS)
    write_tables(tables, *paths)
    return prepare(*paths, Protocol(**({"core": 4} | protocol)), expected)


def test_numbers_follow_the_text_order_of_ids(tmp_path: Path):
    prepared = run(tmp_path)
    assert prepared.users["id"].tolist() == ["u1", "u10", "u2", "u3"]
    assert prepared.items["id"].tolist() == ["i1", "i2", "i3", "t10", "t9"]
    assert prepared.items["title"].tolist() == ["A title"] * 5


def test_what_is_kept_by_hand(tmp_path: Path):
    prepared = run(tmp_path, keep_last=4)
    assert prepared.items["id"].tolist() == ["i1", "i2", "i3", "t10"]
    kept = [(3, 10), (2, 20), (1, 30), (0, 40)]
    assert prepared.interactions.to_numpy().tolist() == [[u, i, t] for u in range(4) for i, t in kept]
    assert prepared.interactions.dtypes.to_dict() == {"user": np.int32, "item": np.int32, "timestamp": np.int64}


def test_statistics_by_hand(tmp_path: Path):
    statistics = run(tmp_path, keep_last=4).statistics
    assert {key: statistics[key] for key in statistics if key != "rounds"} == {
        "users": 4,
        "items": 4,
        "interactions": 16,
        "density_percent": 100.0,
        "average_length": 4.0,
        "distinct_titles": 1,
    }
    assert statistics["rounds"][-1] == {"step": "last 4", "users": 4, "items": 4, "interactions": 16}


def test_the_order_of_the_input_does_not_matter(tmp_path: Path):
    run(tmp_path).write(tmp_path / "a")
    run(tmp_path, events=[EVENTS[at] for at in np.random.default_rng(0).permutation(len(EVENTS))]).write(tmp_path / "b")
    names = sorted(path.name for path in (tmp_path / "a").iterdir())
    assert names == ["interactions.parquet", "items.parquet", "statistics.json", "users.parquet"]
    for name in names:
        assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes()


def test_numbers_stand_for_the_ids_of_the_input(tmp_path: Path):
    prepared = run(tmp_path)
    ids = zip(
        prepared.users["id"].to_numpy()[prepared.interactions["user"]],
        prepared.items["id"].to_numpy()[prepared.interactions["item"]],
        prepared.interactions["timestamp"],
        strict=True,
    )
    assert sorted(ids) == sorted(EVENTS)


def test_unexpected_statistics_stop_with_all_numbers(tmp_path: Path):
    run(tmp_path, expected=Expected(users=4, items=5, interactions=20))
    with pytest.raises(DataError) as caught:
        run(tmp_path, expected=Expected(users=4, items=6, interactions=24))
    assert "users 4 expected, 4 found, items 6 expected, 5 found, interactions 24 expected, 20 found" in str(
        caught.value
    )


def test_nothing_left_is_one_clear_message(tmp_path: Path):
    with pytest.raises(DataError, match=r"nothing is left .* all: 20; titled: 20; 6-core, round 1: 0; last 13: 0"):
        run(tmp_path, core=6)
    with pytest.raises(DataError, match=r"nothing is left .* all: 20; titled: 0; last 13: 0"):
        run(tmp_path, title="x")
