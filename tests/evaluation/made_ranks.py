"""Made-up ranks of every cell of a study: what tests of statistics and of the README's script read."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from spectran.config.cells import Cell, expand
from spectran.config.load import parse_study
from spectran.config.study import Study

METHODS = ("base", "morec", "spectran")


def made_study(**changes: Any) -> Study:
    """One synthetic dataset, SASRec, d 64, three methods, three seeds; any key can be replaced."""
    settings: dict[str, Any] = {
        "name": "made",
        "description": "Made-up ranks.",
        "datasets": {"synthetic": {"label": "Made up", "source": "synthetic", "synthetic": {}}},
        "encoder": {"preset": "minilm"},
        "backbones": {"sasrec": {}},
        "methods": {name: {} for name in METHODS},
        "dimensions": [64],
        "seeds": [0, 1, 2],
        "statistics": {"resamples": 500},
    }
    return parse_study(settings | changes)


def made_ranks(seeds: Sequence[int], users: int, number: int, *, better: float = 0.0) -> pd.DataFrame:
    """Random ranks with ties, by both scores, in an order of its own; users differ and keep to themselves.

    Args:
        seeds: of the members.
        users: how many.
        number: seed of the draws.
        better: how far ranks are moved to the front, in e-foldings.
    """
    easy = np.random.default_rng(users).normal(3, 1, users)  # the users' own, the same whoever ranks them
    rng = np.random.default_rng(number)
    parts = []
    for seed in seeds:
        for score in ("cosine", "dot"):
            rank = 1 + np.exp(easy - better + 0.7 * rng.normal(size=users) + 0.1 * rng.normal()).astype(int)
            columns = {"user": range(users), "seed": seed, "score": score, "target": np.arange(users) % 7}
            parts.append(pd.DataFrame(columns | {"rank": rank, "ties": rng.integers(0, 3, users)}))
    table = pd.concat(parts, ignore_index=True)
    popularity = table["target"] % 4
    own = {"history": 3 + table["user"] % 6, "popularity": popularity, "popularity_quantile": 1 - (popularity + 1) / 4}
    return table.assign(**own).sample(frac=1, random_state=number)


def write_ranks(study: Study, results: Path, *, users: int = 60) -> list[Cell]:
    """Write ranks.parquet of every cell; returns the cells."""
    cells = expand(study)
    for number, cell in enumerate(cells):
        folder = results / cell.path
        folder.mkdir(parents=True)
        better = 0.6 if cell.method == "spectran" else 0.0
        made_ranks(study.seeds, users, number, better=better).to_parquet(folder / "ranks.parquet", index=False)
    return cells
