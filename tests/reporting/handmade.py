"""Findings put together in memory, with numbers that a test chooses: what a study's files would have said."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from reporting.handmade_frequencies import frequencies_of
from reporting.handmade_protocol import VARIANTS, protocol_of, search
from reporting.handmade_statistics import statistics_of
from spectran.config.cells import Cell, cells_of_parts, expand, settings_of
from spectran.config.load import parse_study
from spectran.config.study import Study
from spectran.reporting.findings import Findings
from spectran.reporting.frames import KEYS, Frames
from spectran.reporting.gather import _cells
from spectran.reporting.part_frames import EFFICIENCY, MIXING, WEIGHTS
from spectran.reporting.printed import read_printed
from spectran.spectra.collapse import effective_rank
from spectran.spectra.weights import binned, component_weights

PUBLISHED = Path(__file__).parents[2] / "config" / "published"

SPECTRAN = {"kind": "spectran"}
TABLE2 = ["base", "morec", "unisrec", "llm-esr", "rlmrec", "whitenrec", "llminit", "alphafuse", "spectran"]
ABLATIONS = {
    "no-attention": {**SPECTRAN, "attention": False, "row": "without_attention", "label": "SpecTran w/o φ(QKᵀ)"},
    "sigma": {
        **SPECTRAN,
        "positional": "singular_values",
        "row": "singular_values_as_weights",
        "label": "SpecTran, D → Σ",
    },
    "identity": {**SPECTRAN, "positional": "identity", "row": "identity_weights", "label": "SpecTran, D → I"},
    "no-positional": {
        **SPECTRAN,
        "positional": "none",
        "row": "without_positional_encoding",
        "label": "SpecTran w/o A",
    },
}
STAND_INS = {
    "random": {**SPECTRAN, "vectors": "random", "row": "spectran_random", "label": "SpecTran, random vectors"},
    "shuffled": {**SPECTRAN, "vectors": "shuffled", "row": "spectran_shuffled", "label": "SpecTran, shuffled vectors"},
}
BACKBONES = ["bert4rec", "sasrec", "hstu"]
FILES = {"source": "files", "files": {"interactions": "a.csv", "items": "b.csv"}}
#: Components of the text embeddings.
RANK = 150
#: Every part of the published study.
PARTS: dict[str, Any] = {
    "main": {"methods": TABLE2, "dimensions": [128]},
    "ablation": {"methods": ["base", "spectran", *ABLATIONS], "dimensions": [128]},
    "dimension": {"methods": ["base", "rlmrec", "alphafuse", "spectran"], "backbones": ["sasrec"]},
    "efficiency": {
        "methods": ["base", "unisrec", "llm-esr", "rlmrec", "whitenrec", "spectran"],
        "backbones": ["sasrec"],
        "dimensions": [128],
    },
    "case_study": {"methods": ["spectran"], "backbones": ["sasrec"], "dimensions": [128]},
    "controls": {"methods": ["base", "spectran", *STAND_INS], "backbones": ["sasrec"], "dimensions": [128]},
    "sensitivity": {
        "methods": ["base", "alphafuse", "spectran"],
        "backbones": ["sasrec"],
        "dimensions": [128],
        "variants": VARIANTS,
    },
}
#: NDCG@10 by method at d 128: in the order of Table 2, SpecTran first; the ablations in Table 3's.
LEVELS = {
    "base": 0.030,
    "morec": 0.029,
    "unisrec": 0.033,
    "llm-esr": 0.028,
    "rlmrec": 0.034,
    "whitenrec": 0.036,
    "llminit": 0.035,
    "alphafuse": 0.040,
    "spectran": 0.044,
    "no-attention": 0.042,
    "sigma": 0.040,
    "identity": 0.036,
    "no-positional": 0.034,
    "random": 0.031,
    "shuffled": 0.032,
}
#: What NDCG@10 is multiplied with.
METRICS = {"ndcg@10": 1.0, "ndcg@20": 1.25, "hr@10": 2.0, "hr@20": 3.0}
Level = Callable[[Cell], float]


def published(
    datasets: int | dict[str, Any] = 1, seeds: int = 1, parts: dict[str, Any] | None = None, **changes: Any
) -> Study:
    """A study of the paper's size.

    Args:
        datasets: how many of the paper's, or others.
        seeds: how many.
        parts: all of the paper's if none are given; methods that are in no part are left out.
        changes: of other keys.
    """
    names = {"toys": "Toy", "beauty": "Beauty", "clothing": "Clothing", "office": "Office"}
    if isinstance(datasets, int):
        datasets = {name: {"label": label, **FILES} for name, label in list(names.items())[:datasets]}
    parts = PARTS if parts is None else parts
    known = {name: {} for name in TABLE2} | ABLATIONS | STAND_INS
    run = [part.get("methods", known) for part in parts.values() if part is not None]
    settings = {
        "name": "by-hand",
        "description": "Numbers put in by a test.",
        "datasets": datasets,
        "encoder": {"preset": "minilm"},
        "backbones": {name: {} for name in BACKBONES},
        "methods": {name: options for name, options in known.items() if any(name in methods for methods in run)},
        "dimensions": [16, 64, 128],
        "seeds": list(range(seeds)),
        "parts": parts,
        "tuning": {"weight_decay": [0.0, 1e-4], "dropout": [0.1, 0.3, 0.5]},
        "controls": {"popularity": {}, "ease": {}},
    }
    return parse_study(settings | changes)


def level(cell: Cell) -> float:
    """`LEVELS` (0.03 for other names); below d 128 SpecTran loses less than the others."""
    return LEVELS.get(cell.method, 0.03) * (cell.dim / 128) ** (0.1 if cell.method == "spectran" else 0.2)


def by_hand(study: Study, level: Level = level, rates: dict[str, float] | None = None) -> Findings:
    """Findings of a study.

    Args:
        study: whose cells there are.
        level: NDCG@10 of a cell by both scores; every further seed has a tenth of a percent more.
        rates: of the geometric spectrum of a method's trained semantic covariance; 0.98 where none is given.
    """
    cells, parts, rates = expand(study), cells_of_parts(study), rates or {}
    metrics = _rows(cells, lambda cell: _metrics(settings_of(study, cell).seeds, level(cell)))
    frames = Frames(
        cells=_cells(study, cells),
        metrics=metrics,
        **statistics_of(study, metrics),
        spectrum=_rows(cells, lambda cell: _spectrum(study, cell, rates)),
        collapse=_rows(cells, lambda cell: _collapse(study, cell, rates)),
        trials=_rows(cells, lambda cell: _trials(study, cell, level(cell))),
        datasets=pd.DataFrame({"dataset": list(study.datasets), "users": 5000, "items": 2400}),
        controls=_controls(study),
        efficiency=_rows(parts.get("efficiency", []), _efficiency),
        weights=_rows(parts.get("case_study", []), lambda cell: _weights(study, cell, component_weights)),
        mixing=_rows(parts.get("case_study", []), lambda cell: _weights(study, cell, lambda s, _: binned(s))),
        choice=_rows(cells, lambda _: pd.DataFrame({"trials": [1], "at_limit": [0]})),
        **dict.fromkeys(["cost", "provenance", "rounds", "embeddings"], pd.DataFrame()),
        **protocol_of(study, cells, level, METRICS),
        **frequencies_of(study, level, METRICS),
    )
    return Findings(study, frames, read_printed(PUBLISHED))


def changed(findings: Findings, name: str, change: Callable[[pd.DataFrame], pd.DataFrame]) -> Findings:
    """The same with one frame changed; the change works on a copy. Statistics follow the metrics."""
    frame = change(getattr(findings.frames, name).copy())
    follow = statistics_of(findings.study, frame) if name == "metrics" else {}
    return replace(findings, frames=replace(findings.frames, **{name: frame}, **follow))


def spectrum_of(rate: float, width: int) -> np.ndarray:
    return rate ** np.arange(1, width + 1, dtype=float)


def scores_of(cell: Cell) -> tuple[np.ndarray, np.ndarray]:
    """S of shape (d, RANK) and the diagonal of A, trained: rows fall off, a third of S is 0, A falls from 40 to 20."""
    d = cell.dim
    columns = np.arange(RANK) % 3
    S = np.outer(1 / np.arange(1, d + 1), np.where(columns == 0, 0.0, 1.0 + columns))
    return S, np.linspace(40, 20, d)


def _rows(cells: list[Cell], make: Callable[[Cell], pd.DataFrame]) -> pd.DataFrame:
    if not cells:
        return pd.DataFrame(columns=[*KEYS, *(EFFICIENCY | WEIGHTS | MIXING)])
    return pd.concat(
        [make(cell).assign(**{key: getattr(cell, key) for key in KEYS}) for cell in cells], ignore_index=True
    )


def _metrics(seeds: tuple[int, ...], ndcg: float) -> pd.DataFrame:
    rows = [
        {"seed": seed, "score": score, "metric": metric, "value": ndcg * factor * (1 + 0.001 * number)}
        for number, seed in enumerate(seeds)
        for score in ("cosine", "dot")
        for metric, factor in METRICS.items()
    ]
    return pd.DataFrame(rows)


def _tables(study: Study, cell: Cell, rates: dict[str, float]) -> dict[str, np.ndarray]:
    """Spectra of the trained covariances: half as wide where text and ID are concatenated."""
    half = cell.method in {"morec", "unisrec", "llm-esr", "rlmrec", "whitenrec"}
    semantic = spectrum_of(rates.get(cell.method, 0.98), cell.dim // 2 if half else cell.dim)
    item = spectrum_of(0.9 + 0.005 * list(study.methods).index(cell.method), cell.dim)
    return {"item": item} if cell.method == "base" else {"semantic": semantic, "item": item}


def _spectrum(study: Study, cell: Cell, rates: dict[str, float]) -> pd.DataFrame:
    parts = [
        pd.DataFrame({"index": range(1, len(s) + 1), "covariance": s, "centred": np.sqrt(s), "raw": np.sqrt(s)}).assign(
            seed=seed, table=table, moment=moment
        )
        for seed in study.seeds
        for table, values in _tables(study, cell, rates).items()
        for moment, s in {"init": np.ones_like(values), "trained": values}.items()
    ]
    return pd.concat(parts, ignore_index=True)


def _collapse(study: Study, cell: Cell, rates: dict[str, float]) -> pd.DataFrame:
    rows = [
        {"seed": seed, "table": table, "moment": moment, "measure": "effective_rank", "value": value}
        for seed in study.seeds
        for table, values in _tables(study, cell, rates).items()
        for moment, value in {"init": float(len(values)), "trained": effective_rank(np.sqrt(values))}.items()
    ]
    return pd.DataFrame(rows)


def _trials(study: Study, cell: Cell, height: float) -> pd.DataFrame:
    epochs = np.arange(1, 31)
    curve = height * (1 - np.exp(-epochs / 6)) - height * 0.004 * np.maximum(0, epochs - 20)
    frames = [
        pd.DataFrame({"epoch": epochs, "loss": 4.0 / epochs, "ndcg@20": curve * (1 + 0.02 * number)}).assign(
            seed=seed, member=number, phase="final", diverged=False
        )
        for number, seed in enumerate(study.seeds)
    ]
    return pd.concat([*search(study, cell, height), *frames], ignore_index=True)


def _controls(study: Study) -> pd.DataFrame:
    rows = [
        (dataset, study.encoder.name, name, options.label, metric, 0.01 * (number + 1) * factor)
        for dataset in study.datasets
        for number, (name, options) in enumerate(study.controls.items())
        for metric, factor in METRICS.items()
    ]
    return pd.DataFrame(rows, columns=["dataset", "encoder", "control", "control_label", "metric", "value"])


def _efficiency(cell: Cell) -> pd.DataFrame:
    """SpecTran costs more than Base and less than every adapter, in every column."""
    cost = {"base": 1.0, "spectran": 1.2}.get(cell.method, 1.5)
    record = {
        "trainable_parameters": int(1_000_000 * cost),
        "epoch_seconds": cost,
        "inference_seconds": 0.5 * cost,
        "peak_memory_mb": 100.0 * cost,
        "batch": 256,
        "device": "cpu",
        "threads": 1,
    }
    return pd.DataFrame([record])


def _weights(study: Study, cell: Cell, make: Callable[[np.ndarray, np.ndarray], pd.DataFrame]) -> pd.DataFrame:
    S, A = scores_of(cell)
    moments = {"init": (np.ones_like(S), A + 10), "trained": (S, A)}
    frames = [
        make(*values).assign(seed=seed, moment=moment) for seed in study.seeds for moment, values in moments.items()
    ]
    return pd.concat(frames, ignore_index=True)
