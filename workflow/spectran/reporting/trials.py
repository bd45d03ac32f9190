"""Trials of the search: what each came to, and which were the same training twice."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from spectran.config.training import POINT
from spectran.reporting.findings import Findings
from spectran.reporting.frames import KEYS

METRIC = "ndcg@20"


def search_trials(findings: Findings) -> pd.DataFrame:
    """One row a trial of every cell's search.

    Returns:
        Columns KEYS, member, the hyper-parameters, value (validation NDCG@20 of the best epoch; NaN if the trial
        diverged, for then it cannot be chosen), diverged, and curve (a number; equal where loss and validation are
        exactly equal in every epoch).
    """
    return _members(findings.frames.trials, "search")


def final_members(findings: Findings) -> pd.DataFrame:
    """The same of the members that were trained at the chosen point, one a seed."""
    return _members(findings.frames.trials, "final")


def _members(rows: pd.DataFrame, phase: str) -> pd.DataFrame:
    rows = rows[rows["phase"] == phase]
    members = rows.groupby([*KEYS, "member"], sort=False)
    number = members.ngroup().to_numpy()
    trials = members.agg(
        **{name: (name, "first") for name in POINT}, value=(METRIC, "max"), diverged=("diverged", "any")
    ).reset_index()
    first: dict[bytes, int] = {}
    curves = [first.setdefault(curve, len(first)) for curve in _curves(rows, number, len(trials))]
    return trials.assign(value=trials["value"].where(~trials["diverged"]), curve=curves)


def _curves(rows: pd.DataFrame, number: NDArray[np.integer], members: int) -> list[bytes]:
    """Each member's epochs, losses and metrics as bytes; `number` is the member of a row."""
    numbers = rows[["epoch", "loss", METRIC]].to_numpy(dtype=float)[np.argsort(number, kind="stable")]
    ends = np.cumsum(np.bincount(number, minlength=members))
    return [curve.tobytes() for curve in np.split(numbers, ends)[:members]]


def varied(trials: pd.DataFrame) -> list[str]:
    """The hyper-parameters that have more than one value among these trials."""
    return [name for name in POINT if len(trials[name].unique()) > 1]


def without_effect(trials: pd.DataFrame) -> dict[str, list[str]]:
    """By method, the tuned hyper-parameters that change no curve in any of its cells, whatever the others are."""
    found: dict[str, list[str]] = {}
    for method, own in trials.groupby("method", sort=False):
        idle = [
            name
            for name in varied(own)
            if own.groupby([*KEYS, *(other for other in POINT if other != name)])["curve"].nunique().max() == 1
        ]
        if idle:
            found[str(method)] = idle
    return found


def on_edge(trials: pd.DataFrame, chosen: Mapping[Any, Any]) -> list[str]:
    """What says that the best point may lie beyond the grid of one cell.

    An axis of two values has no inside, and nothing lies below 0: neither counts.

    Args:
        trials: of the cell.
        chosen: its chosen point, by the names of the hyper-parameters.
    """
    found = []
    for name in varied(trials):
        values = sorted(trials[name].unique())
        if len(values) > 2 and chosen[name] == values[-1]:
            found.append(f"{LABELS[name]} at the largest")
        elif len(values) > 2 and chosen[name] == values[0] > 0:
            found.append(f"{LABELS[name]} at the smallest")
    return found


#: The hyper-parameters as a reader knows them.
LABELS = {
    "weight_decay": "weight decay",
    "dropout": "dropout",
    "id_scale": "ID scale",
    "learning_rate": "learning rate",
    "mask_ratio": "mask ratio",
}
