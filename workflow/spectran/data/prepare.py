"""From parsed tables to numbered interactions with their statistics."""

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from spectran.config.data import Expected, Protocol
from spectran.data.coded import read_coded
from spectran.data.errors import DataError
from spectran.data.protocol import Count, apply_protocol
from spectran.io import write_json, write_parquet


@dataclass(frozen=True)
class Prepared:
    """A dataset as every later stage reads it. Users and items are numbered from 0 by ascending original id."""

    users: pd.DataFrame
    """user (int32), id (text)."""
    items: pd.DataFrame
    """item (int32), id, title (text)."""
    interactions: pd.DataFrame
    """user, item (int32), timestamp (int64): what is kept of each user, in order of user and time; splits are made of
    it."""
    statistics: dict[str, Any]
    """The columns of the paper's Table 1, and the counts after each step of the protocol."""

    def write(self, folder: Path) -> None:
        """Write each table to <name>.parquet and the statistics to statistics.json."""
        for name in ("users", "items", "interactions"):
            write_parquet(folder / f"{name}.parquet", getattr(self, name))
        write_json(folder / "statistics.json", self.statistics)


def prepare(interactions: Path, items: Path, protocol: Protocol, expected: Expected | None) -> Prepared:
    """Apply the protocol, number users and items, and check the statistics.

    Args:
        interactions: Parquet table with user, item (text) and timestamp (int64).
        items: Parquet table with item and title (text).
        protocol: the steps' settings.
        expected: statistics that must come out, if any.

    Raises:
        DataError: if nothing is left, or the statistics are not the expected ones.
    """
    left, catalogue, counts = apply_protocol(
        read_coded(interactions),
        pd.read_parquet(items),
        min_title_length=protocol.min_title_length,
        core=protocol.core,
        last=protocol.keep_last,
    )
    if left.empty:
        steps = "; ".join(f"{count.step}: {count.interactions}" for count in counts)
        raise DataError(f"{interactions}: nothing is left after the protocol; interactions after each step: {steps}")
    statistics = _statistics(left, catalogue, counts)
    if expected is not None:
        _refuse_unexpected(statistics, expected, interactions)
    return _numbered(left, catalogue, statistics)


def _statistics(left: pd.DataFrame, catalogue: pd.DataFrame, counts: list[Count]) -> dict[str, Any]:
    last = counts[-1]
    return {
        "users": last.users,
        "items": last.items,
        "interactions": last.interactions,
        "density_percent": 100 * last.interactions / (last.users * last.items),
        "average_length": last.interactions / last.users,
        "distinct_titles": int(catalogue["title"].nunique()),
        "rounds": [asdict(count) for count in counts],
    }


def _refuse_unexpected(statistics: dict[str, Any], expected: Expected, path: Path) -> None:
    wanted = expected.model_dump()
    if any(statistics[name] != number for name, number in wanted.items()):
        both = ", ".join(f"{name} {number} expected, {statistics[name]} found" for name, number in wanted.items())
        raise DataError(f"{path}: the statistics are not the study's (expected): {both}")


def _numbered(left: pd.DataFrame, catalogue: pd.DataFrame, statistics: dict[str, Any]) -> Prepared:
    # Categories ascend with the ids, and so do `catalogue` and, by user, `left`: so will the numbers.
    (user_codes, users), (_, items) = (_renumbered(left[name]) for name in ("user", "item"))
    interactions = pd.DataFrame({"user": users, "item": items, "timestamp": left["timestamp"].astype(np.int64)})
    ids = left["user"].cat.categories[user_codes]
    return Prepared(
        users=pd.DataFrame({"user": np.arange(len(ids), dtype=np.int32), "id": ids}),
        items=pd.DataFrame(
            {
                "item": np.arange(len(catalogue), dtype=np.int32),
                "id": catalogue["item"],
                "title": catalogue["title"],
            }
        ),
        interactions=interactions,
        statistics=statistics,
    )


def _renumbered(column: "pd.Series[str]") -> tuple[NDArray[np.intp], NDArray[np.int32]]:
    """The codes of the categories that a column has, ascending, and each row's place among them."""
    codes = column.cat.codes.to_numpy()
    there = np.bincount(codes).astype(bool)
    return np.flatnonzero(there), (there.cumsum(dtype=np.int32) - 1)[codes].astype(np.int32)
