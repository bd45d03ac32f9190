"""How large a job's input files are in memory, from what they say of themselves: no table and no matrix is read."""

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from spectran.data.item_count import item_count


@dataclass(frozen=True)
class Sizes:
    """Sizes of a cell's inputs.

    Attributes:
        items: N, as the train part says.
        users: U, of the train part.
        interactions: rows of the train part.
        single: bytes of matrices that are stored in float32: text embeddings and item vectors.
        double: bytes of those that are stored in float64: SVDs.
        width: columns of the widest of them, l; 0 where there is none.
    """

    items: int
    users: int
    interactions: int
    single: int = 0
    double: int = 0
    width: int = 0


#: Of inputs that cannot be seen: more than the largest of SpecTran's datasets, with vectors as wide as LLaMA3's.
LARGEST = Sizes(
    items=25_000,
    users=40_000,
    interactions=400_000,
    single=25_000 * 4096 * 4,
    double=25_000 * 4096 * 8,
    width=4096,
)


def sizes_of(inputs: Mapping[str, str]) -> Sizes:
    """Sizes of the input files of a cell's job, by the names that its rule gives them.

    Raises:
        FileNotFoundError: naming the first that is not there yet.
    """
    # A plan asks this of each of thousands of jobs whose files are still to be made: by the first, and nothing else.
    files = {name: str(path) for name, path in inputs.items()}
    status = _status(files["train"])
    interactions, users, items = _rows_of(files["train"], status.st_mtime_ns, status.st_size)
    single = [_status(files[name]).st_size for name in ("embeddings", "collaborative") if name in files]
    double = [_status(files[name]).st_size for name in ("raw", "centred") if name in files]
    widest = max([0, *(size // 4 for size in single), *(size // 8 for size in double)])
    return Sizes(items, users, interactions, sum(single), sum(double), widest // max(1, items))


def _status(path: str) -> os.stat_result:
    # Not Path.stat: Snakemake compares the name in the error with those of the job's inputs, which are text.
    return os.stat(path)  # noqa: PTH116


@cache
def _rows_of(path: str, _changed: int, size: int) -> tuple[int, int, int]:
    """Rows of a part of a split, its largest user number + 1, and the number of items that it says.

    All from its footer, which is read once as long as the file is the same.
    """
    # A tenth of a second, which a plan whose files are still to be made is spared.
    from pyarrow import ArrowException
    from pyarrow.parquet import read_metadata

    try:
        found = read_metadata(path)
    except (ArrowException, OSError):
        return size, size, size  # damaged, which the job will say; until then it is taken for large
    items = _items_said(found.metadata or {})
    items = found.num_rows if items is None else items  # the job will say so too; no more items than rows
    names = [found.schema.column(number).name for number in range(found.num_columns)]
    if "user" not in names:
        return found.num_rows, found.num_rows, items
    parts = (found.row_group(number).column(names.index("user")) for number in range(found.num_row_groups))
    said = [part.statistics for part in parts if part.num_values]
    users = max((int(one.max) + 1 if one and one.has_min_max else found.num_rows for one in said), default=0)
    return found.num_rows, users, items


def _items_said(metadata: Mapping[bytes, bytes]) -> int | None:
    try:
        return item_count(json.loads(metadata[b"PANDAS_ATTRS"]))
    except (KeyError, ValueError):
        return None
