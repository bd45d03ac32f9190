"""Columns and types of the frames of results/statistics."""

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

#: Columns that name a cell.
KEYS = {"dataset": "str", "encoder": "str", "backbone": "str", "method": "str", "dim": "int64"}


def _numbers(*names: str) -> dict[str, str]:
    return dict.fromkeys(names, "float64")


#: The reference against one other method (the keys are the other's); intervals and p are of `difference`. The reference
#: is of the same backbone and dimension, but in the part of FreLLM4Rec (see `across`).
COMPARISONS = {
    **KEYS,
    **dict.fromkeys(("part", "reference", "metric"), "str"),
    # Reference minus the other, mean over users of the mean over seeds; the same in percent of the other.
    **_numbers("difference", "relative"),
    "users": "int64",
    "seeds": "int64",
    # Over users: paired t, paired bootstrap, sign-flip randomisation; Holm over all comparisons of part and metric.
    **_numbers("t_low", "t_high", "boot_low", "boot_high", "p_t", "p_randomisation", "p_holm"),
    "significant": "bool",
    # Over users and seeds; NaN (and not significant) with one seed.
    **_numbers("se_users", "se_seeds", "se_total", "total_low", "total_high", "p_total", "p_total_holm"),
    "significant_total": "bool",
    **_numbers("effect_size", "helped", "hurt", "same"),
}

#: One cell's mean. The interval is over users and seeds; with one seed, over users only, and se_total is NaN.
VARIANCE = {
    **KEYS,
    "metric": "str",
    "value": "float64",
    "users": "int64",
    "seeds": "int64",
    **_numbers("se_users", "sd_seeds", "se_total", "low", "high"),
}

#: A method over all datasets and backbones of the main part.
AGGREGATES = {
    **dict.fromkeys(("part", "method", "metric", "statistic"), "str"),
    **_numbers("value", "low", "high"),
    "cells": "int64",
}

#: A cell's metric in a group of users, and how much better the reference is there.
GROUPS = {
    **KEYS,
    "metric": "str",
    "group": "str",
    "users": "int64",
    **_numbers("value", "low", "high", "difference", "difference_low", "difference_high"),
}

#: Every frame by name, which is the file's.
FRAMES: Mapping[str, Mapping[str, str]] = {
    "comparisons": COMPARISONS,
    "variance": VARIANCE,
    "aggregates": AGGREGATES,
    "groups": GROUPS,
}


def frame(name: str, parts: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """The parts one below the other, with exactly the columns and types of the frame `name`; parts may be none."""
    types = FRAMES[name]
    joined = pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=[*types])
    return joined[[*types]].astype(dict(types))


def keyed(table: pd.DataFrame, cell: Any) -> pd.DataFrame:
    """The table with the keys of its cell."""
    return table.assign(**{key: getattr(cell, key) for key in KEYS})
