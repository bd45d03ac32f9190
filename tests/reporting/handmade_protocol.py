"""What a study's search, groups, audit and variants would have said, put in by hand."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd

from spectran.config.cells import Cell, cells_of_parts, variant_cells
from spectran.config.statistics import reference_method
from spectran.config.study import Study
from spectran.evaluation.audit.explanations import EXPLANATIONS
from spectran.evaluation.statistics.frames import GROUPS
from spectran.reporting.evaluation_frames import SENSITIVITY
from spectran.reporting.failure_frame import FAILURES
from spectran.reporting.frames import KEYS, empty_frame
from spectran.training.plan import search_members

#: By how much a variant multiplies what a method has as the study: the order of base and SpecTran is turned by `loud`.
VARIANTS: dict[str, Any] = {
    "loud": {"label": "ID table starts at 1", "changes": {"tuning": {"id_scale": [1.0]}}},
    "last": {"label": "learn from the last position only", "changes": {"training": {"targets": "last"}}},
}
FACTORS = {"loud": {"base": 2.0, "spectran": 0.9}, "last": {}}
#: A group's mean beside that of all users, its half interval, and how many users are in it.
GROUP_OF = {
    "head": (1.6, 0.004, 2000),
    "tail": (0.6, 0.003, 3000),
    "cold": (0.1, 0.002, 200),
    "short": (0.9, 0.004, 2500),
    "long": (1.1, 0.004, 2500),
}
ITEMS = 250
Metrics = dict[str, float]


def protocol_of(study: Study, cells: list[Cell], level: Callable[[Cell], float], metrics: Metrics) -> dict[str, Any]:
    """The frames groups, audit, popularity and sensitivity; and failures, of which there are none.

    Args:
        study: whose frames they are.
        cells: its cells.
        level: NDCG@10 of a cell as the study; by the other score it is a tenth less.
        metrics: what NDCG@10 is multiplied with.
    """
    return {
        "groups": _groups(study, cells, level, metrics),
        "audit": _audit(study),
        "popularity": _popularity(study),
        "sensitivity": _sensitivity(study, level, metrics),
        "failures": empty_frame(FAILURES),
    }


def search(study: Study, cell: Cell, height: float) -> list[pd.DataFrame]:
    """Every trial of a cell's search, three epochs each: every further one is five percent worse than the one before.

    Weight decay, which varies first, changes nothing for base.
    """
    backbone, method = study.backbones[cell.backbone], study.methods[cell.method]
    members = search_members(study.tuning, study.training, method, backbone)
    idle = len(study.tuning.weight_decay)
    frames = []
    for number, member in enumerate(members if len(members) > 1 else []):
        place = number % (len(members) // idle) if cell.method == "base" else number
        curve = height * 0.95**place * np.array([0.5, 1.0, 0.8])
        table = pd.DataFrame({"epoch": [1, 2, 3], "loss": curve + 3, "ndcg@20": curve})
        point = {name: getattr(member, name) for name in ("weight_decay", "dropout", "id_scale", "learning_rate")}
        frames.append(
            table.assign(phase="search", member=number, seed=member.seed, mask_ratio=0.0, diverged=False, **point)
        )
    return frames


def _groups(study: Study, cells: list[Cell], level: Callable[[Cell], float], metrics: Metrics) -> pd.DataFrame:
    reference = reference_method(study.statistics, study.methods)
    rows = []
    for cell in cells:
        own = Cell(cell.dataset, cell.encoder, cell.backbone, str(reference), cell.dim)
        compared = own in cells and own != cell
        for group, (factor, half, users) in GROUP_OF.items():
            for metric, scale in metrics.items():
                value = factor * scale * level(cell)
                difference = factor * scale * level(own) - value if compared else float("nan")
                rows.append(
                    {key: getattr(cell, key) for key in KEYS}
                    | {"metric": metric, "group": group, "users": users, "value": value}
                    | {"low": value - half, "high": value + half, "difference": difference}
                    | {"difference_low": difference - half, "difference_high": difference + half}
                )
    return pd.DataFrame(rows) if rows else empty_frame(GROUPS)


def _audit(study: Study) -> pd.DataFrame:
    rows = [
        (dataset, check, measure, value, unit, note)
        for number, dataset in enumerate(study.datasets)
        for check in EXPLANATIONS
        for measure, value, unit, note in (
            (f"users that {check} is about", 10 + number, "users", "of 5000 users"),
            (f"share of {check}", 0.123 + number / 10, "share", f"of {number}"),
            (f"time of {check}", np.nan, "time", "cannot be said: no times"),
        )
    ]
    return pd.DataFrame(rows, columns=["dataset", "check", "measure", "value", "unit", "note"])


def _popularity(study: Study) -> pd.DataFrame:
    place = np.arange(ITEMS)
    one = {"place": place, "popularity": ITEMS - place, "targets": (place < ITEMS // 5) * 1, "decile": 1}
    return pd.concat([pd.DataFrame({"dataset": name, **one}) for name in study.datasets], ignore_index=True)


def _sensitivity(study: Study, level: Callable[[Cell], float], metrics: Metrics) -> pd.DataFrame:
    cells = [*cells_of_parts(study).get("sensitivity", []), *variant_cells(study)]
    labels = {"": "as the study"} | {name: variant["label"] for name, variant in VARIANTS.items()}
    rows = [
        {key: getattr(cell, key) for key in KEYS}
        | {"variant": cell.variant, "variant_label": labels[cell.variant], "seed": seed, "score": score}
        | {"metric": metric, "value": value * (1 + 0.001 * number) * (1.0 if score == "cosine" else 0.9)}
        for cell in cells
        for factor in [FACTORS.get(cell.variant, {}).get(cell.method, 1.0)]
        for number, seed in enumerate(study.seeds)
        for score in ("cosine", "dot")
        for metric, scale in metrics.items()
        for value in [scale * factor * level(cell)]
    ]
    return pd.DataFrame(rows) if rows else empty_frame(SENSITIVITY)
