"""Comparisons, variances and aggregates of means put in by hand, with a standard error over users that is chosen."""

import math
from collections.abc import Iterator

import numpy as np
import pandas as pd
from scipy import stats

from spectran.config.cells import Cell, cells_of_parts, expand
from spectran.config.frequency_cells import reference_of
from spectran.config.statistics import reference_method
from spectran.config.study import Study
from spectran.evaluation.statistics.aggregates import aggregate_rows
from spectran.evaluation.statistics.families import judged
from spectran.evaluation.statistics.frames import frame
from spectran.evaluation.statistics.run import BASE_ROW, COMPARED, MAIN
from spectran.reporting.frames import KEYS

USERS = 5000
#: Standard error over users of every mean, and of every difference.
OWN_ERROR, PAIRED_ERROR = 0.002, 0.001
Z = stats.norm.ppf(0.975)


def statistics_of(study: Study, metrics: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """The frames comparisons, variance and aggregates that go with a frame of metrics.

    Normal tests; over users and seeds, squared errors are added. Helped, hurt and same are 30, 20 and 50 %.
    """
    of_score = metrics[metrics["score"] == study.evaluation.score]
    keys = list(of_score.columns.intersection([*KEYS, "metric"], sort=False))
    if of_score.empty:
        return {name: frame(name, []) for name in ("comparisons", "variance", "aggregates")}
    means = {key: group["value"].to_numpy() for key, group in of_score.groupby(keys, sort=False)}
    names = list(of_score["metric"].unique())
    order = [keys.index(key) for key in (*KEYS, "metric")]
    means = {tuple(key[place] for place in order): values for key, values in means.items()}
    found = list(_compared(study, means, names))
    parts = cells_of_parts(study)
    seed_means = {
        cell: np.stack([means[*_key(cell), name] for name in names], axis=1)
        for cell in parts.get(MAIN, [])
        if (*_key(cell), names[0]) in means
    }
    base = next((name for name, method in study.methods.items() if method.row == BASE_ROW), None)
    fast = study.statistics.model_copy(update={"resamples": 20})
    reference = reference_method(study.statistics, study.methods)
    aggregates = aggregate_rows(seed_means, names, part=MAIN, reference=reference, base=base, statistics=fast)
    return {
        "comparisons": frame("comparisons", [judged(pd.DataFrame(found), study.statistics.alpha)] if found else []),
        "variance": frame("variance", [pd.DataFrame(_variances(means))]),
        "aggregates": frame("aggregates", [aggregates] if len(aggregates) else []),
    }


def _key(cell: Cell) -> tuple[str, str, str, str, int]:
    return cell.dataset, cell.encoder, cell.backbone, cell.method, cell.dim


def _compared(study: Study, means: dict[tuple, np.ndarray], names: list[str]) -> Iterator[dict[str, object]]:
    reference, parts = reference_method(study.statistics, study.methods), cells_of_parts(study)
    for part in COMPARED:
        cells = set(parts.get(part, []))
        for cell in expand(study):
            own = Cell(cell.dataset, cell.encoder, cell.backbone, str(reference), cell.dim)
            if cell not in cells or own not in cells or cell == own or (*_key(cell), names[0]) not in means:
                continue
            for name in names:
                yield {
                    **dict(zip(KEYS, _key(cell), strict=True)),
                    "part": part,
                    "reference": reference,
                    "metric": name,
                    "users": USERS,
                    **_test(means[*_key(own), name], means[*_key(cell), name]),
                }
    yield from _across(study, means, names)


def _across(study: Study, means: dict[tuple, np.ndarray], names: list[str]) -> Iterator[dict[str, object]]:
    """FreLLM4Rec against every other cell of its part; where seeds differ in number, their means are compared."""
    for cell in cells_of_parts(study).get("frellm4rec", []):
        own = reference_of(study, cell)
        if own in {None, cell} or not all((*_key(one), names[0]) in means for one in (own, cell)):
            continue
        for name in names:
            pair = [means[*_key(one), name] for one in (own, cell)]
            if len(pair[0]) != len(pair[1]):
                pair = [values.mean(keepdims=True) for values in pair]
            key = dict(zip(KEYS, _key(cell), strict=True))
            row = key | {"part": "frellm4rec", "reference": own.method, "metric": name, "users": USERS}
            yield row | _test(*pair)


def _test(own: np.ndarray, other: np.ndarray) -> dict[str, float]:
    differences = own - other
    value, seeds = differences.mean(), len(differences)
    se_seeds = differences.std(ddof=1) / np.sqrt(seeds) if seeds > 1 else np.nan
    total = np.hypot(PAIRED_ERROR, se_seeds)
    p, p_total = (math.erfc(abs(value) / error / math.sqrt(2)) for error in (PAIRED_ERROR, total))
    low, high, total_low, total_high = (value + side * Z * error for error in (PAIRED_ERROR, total) for side in (-1, 1))
    return {
        "difference": value,
        "relative": 100 * value / other.mean() if other.mean() else np.nan,
        "seeds": seeds,
        "t_low": low,
        "t_high": high,
        "boot_low": low,
        "boot_high": high,
        "p_t": p,
        "p_randomisation": p,
        "se_users": PAIRED_ERROR,
        "se_seeds": se_seeds,
        "se_total": total,
        "total_low": total_low,
        "total_high": total_high,
        "p_total": p_total,
        "effect_size": value / (PAIRED_ERROR * np.sqrt(USERS)),
        "helped": 0.3,
        "hurt": 0.2,
        "same": 0.5,
    }


def _variances(means: dict[tuple, np.ndarray]) -> Iterator[dict[str, object]]:
    for key, values in means.items():
        value, seeds = values.mean(), len(values)
        sd = values.std(ddof=1) if seeds > 1 else np.nan
        total = np.hypot(OWN_ERROR, sd / np.sqrt(seeds))
        half = Z * (total if seeds > 1 else OWN_ERROR)
        yield {
            **dict(zip([*KEYS, "metric"], key, strict=True)),
            "value": value,
            "users": USERS,
            "seeds": seeds,
            "se_users": OWN_ERROR,
            "sd_seeds": sd,
            "se_total": total,
            "low": value - half,
            "high": value + half,
        }
