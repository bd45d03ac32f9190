"""Leave-one-out splits written out by hand, in memory and as files."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from made_splits import write_part
from spectran.data.sequences import Sequences
from spectran.evaluation.audit.measure import Measure
from spectran.evaluation.audit.splits import Splits


def made(
    sequences: Sequence[Sequence[int]],
    times: Sequence[Sequence[int]] | None = None,
    titles: Sequence[str] | None = None,
) -> Splits:
    """Splits of whole sequences; times default to whole hundreds, titles to different ones."""
    items = [np.array(sequence, dtype=np.int64) for sequence in sequences]
    at = [np.array(moments) for moments in times] if times else [100 * np.arange(len(sequence)) for sequence in items]
    n_items = len(titles) if titles else 1 + max(map(max, sequences))
    return Splits(
        titles=pd.Series(titles or [f"Title number {item}" for item in range(n_items)]),
        train=Sequences([sequence[:-2] for sequence in items], n_items),
        histories=Sequences([sequence[:-1] for sequence in items], n_items),
        validation=np.array([sequence[-2] for sequence in items]),
        test=np.array([sequence[-1] for sequence in items]),
        times=(
            np.concatenate([moments[:-2] for moments in at]),
            np.array([moments[-2] for moments in at]),
            np.array([moments[-1] for moments in at]),
        ),
    )


def write(folder: Path, splits: Splits) -> list[Path]:
    """Items, train, valid and test as the workflow has them."""
    users = np.arange(len(splits.test))
    of_train = np.repeat(users, [len(sequence) for sequence in splits.train.sequences])
    n_items = splits.train.n_items
    pd.DataFrame({"item": range(n_items), "title": splits.titles}).to_parquet(folder / "items.parquet")
    parts = {
        "train": {"user": of_train, "item": np.concatenate(splits.train.sequences), "timestamp": splits.times[0]},
        "valid": {"user": users, "item": splits.validation, "timestamp": splits.times[1]},
        "test": {"user": users, "item": splits.test, "timestamp": splits.times[2]},
    }
    for name, columns in parts.items():
        write_part(folder / f"{name}.parquet", pd.DataFrame(columns), n_items)
    return [folder / f"{name}.parquet" for name in ("items", *parts)]


def values(measures: list[Measure]) -> dict[str, float | None]:
    """Values by what they measure."""
    found = {measure.measure: measure.value for measure in measures}
    assert len(found) == len(measures)
    return found
