"""What the made-up results folder has of the data's audit and of the search for hyper-parameters."""

from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from evaluation.handmade_splits import made as made_splits
from spectran.config.cells import Cell
from spectran.config.groups import Groups
from spectran.config.study import Study
from spectran.config.training import POINT
from spectran.evaluation.audit.checks import audit
from spectran.evaluation.audit.popularity import popularity_frame
from spectran.evaluation.audit.splits import Splits
from spectran.io import write_json, write_parquet
from spectran.training.plan import search_members

#: Other readings of the protocol; the second turns base and SpecTran around.
READINGS: dict[str, Any] = {
    "all-items": {"label": "softmax over all items", "changes": {"training": {"negatives": "all"}}},
    "last-target": {"label": "learn from the last position only", "changes": {"training": {"targets": "last"}}},
}
TURNED = {"last-target": {"base": "spectran", "spectran": "base"}}
GRID = {"weight_decay": [0.0, 1e-4], "dropout": [0.1, 0.2, 0.3]}
#: The method whose last trial diverges, and the one that weight decay does nothing for.
DIVERGING, IDLE = "alphafuse", "base"


@cache
def splits() -> Splits:
    """Sixty users who like some of forty items more than others, at times of their own."""
    random = np.random.default_rng(0)
    liking = 1 / np.arange(1, 41)
    sequences = [
        random.choice(40, size=random.integers(5, 11), replace=False, p=liking / liking.sum()) for _ in range(60)
    ]
    times = [np.sort(random.integers(1_400_000_000, 1_410_000_000, len(items))).tolist() for items in sequences]
    return made_splits([items.tolist() for items in sequences], times)


@cache
def record(groups: Groups) -> dict[str, Any]:
    """The audit of those splits."""
    return audit("", splits(), groups)


def write_audits(study: Study, results: Path) -> None:
    """Write results/audit, the same for every dataset."""
    for name in study.datasets:
        folder = results / "audit" / name
        folder.mkdir(parents=True)
        write_json(folder / "audit.json", record(study.groups) | {"dataset": name})
        write_parquet(folder / "popularity.parquet", popularity_frame(splits()))


def search(study: Study, cell: Cell, final: pd.DataFrame) -> list[pd.DataFrame]:
    """Every trial of a cell's search: the curve of the final member, a twentieth lower with each further point."""
    members = search_members(study.tuning, study.training, study.methods[cell.method], study.backbones[cell.backbone])
    found = []
    for number, member in enumerate(members if len(members) > 1 else []):
        place = number % len(study.tuning.dropout) if cell.method == IDLE else number
        last = cell.method == DIVERGING and number == len(members) - 1
        curve = final.assign(phase="search", member=number, seed=member.seed, loss=final["loss"] + place)
        curve = curve.assign(**{name: getattr(member, name) for name in POINT})
        curve["ndcg@20"] = curve["ndcg@20"] * 0.95**place
        found.append(curve.assign(diverged=last & (curve["epoch"] == curve["epoch"].max())))
    return found
