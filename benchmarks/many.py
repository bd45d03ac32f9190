"""Made-up tables of any size, written in pieces: what reading, ranking and training are measured on by size."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from spectran.io import replacing

#: Interactions of a user: uniform from 8 to 18, of which the protocol keeps 13 at most.
SHORTEST, LONGEST = 8, 18
#: Users of one piece.
PIECE = 50_000


def write_made(folder: Path, users: int, seed: int = 0) -> None:
    """Write interactions.parquet and items.parquet: so many users, half as many items, 13 interactions a user.

    Items are popular as 1 / (rank + N / 10), so that nearly all of them stay in the 5-core whatever N is. No user and
    no title means anything.
    """
    items = users // 2
    weights = 1 / (np.arange(items) + items / 10)
    ends = (weights / weights.sum()).cumsum()
    names = np.char.mod("B%09d", np.random.default_rng(seed).permutation(items))
    _write(folder / "interactions.parquet", _pieces(users, names, ends, seed))
    titles = pa.array(np.char.add("Title of ", names))
    _write(folder / "items.parquet", iter([pa.table({"item": pa.array(names), "title": titles})]))


def _pieces(users: int, names: np.ndarray, ends: np.ndarray, seed: int) -> Iterator[pa.Table]:
    for first in range(0, users, PIECE):
        rng = np.random.default_rng([seed, first])
        count = min(PIECE, users - first)
        lengths = rng.integers(SHORTEST, LONGEST + 1, count)
        user = np.repeat(np.char.mod("A%013d", rng.permutation(count) + first), lengths)
        item = names[np.minimum(ends.searchsorted(rng.random(lengths.sum())), len(names) - 1)]
        time = rng.integers(1_300_000_000, 1_400_000_000, len(item)) // 86_400 * 86_400
        yield pa.table({"user": pa.array(user), "item": pa.array(item), "timestamp": pa.array(time)})


def _write(path: Path, pieces: Iterator[pa.Table]) -> None:
    first = next(pieces)
    with replacing(path) as temporary, pq.ParquetWriter(temporary, first.schema, compression="zstd") as writer:
        writer.write_table(first)
        for piece in pieces:
            writer.write_table(piece)
