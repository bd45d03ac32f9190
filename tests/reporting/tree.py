"""A small results folder as the stages before reporting would leave it, with numbers that can be worked out by hand."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from reporting.handmade_frequencies import write_frequencies, write_graph
from reporting.tree_protocol import DIVERGING, GRID, READINGS, TURNED, search, write_audits
from spectran.config.cells import Cell, cells_of_parts, expand, settings_of, variant_cells
from spectran.config.control_cells import expand_controls
from spectran.config.load import parse_study
from spectran.config.study import Study
from spectran.evaluation.statistics.run import run_statistics
from spectran.reporting.catalogue.files import graph_folder
from spectran.spectra.collapse import effective_rank
from spectran.spectra.decomposition import FORMS
from spectran.spectra.embeddings import decompose_file

USERS = 10
MEASURES = [
    "effective_rank",
    "rankme",
    "stable_rank",
    "participation_ratio",
    "top10_share",
    "mean_cosine",
    "uniformity",
]
POINT = {"weight_decay": 0.0, "dropout": 0.1, "id_scale": 0.02, "learning_rate": 0.001, "mask_ratio": 0.0}

#: Three rows at right angles: rank 3 and mean cosine 0; once centred, a triangle: rank 2 and mean cosine -1/2.
EMBEDDINGS = np.eye(3, dtype=np.float32)

#: Rank of the target for the ten users, by method and score. Rank 30 counts nowhere.
#: SpecTran by cosine: three at rank 1, two at 3, the rest nowhere: NDCG@10 = (3 * 1 + 2 * 0.5) / 10 = 0.4, HR@10 = 0.5.
RANKS: dict[tuple[str, str], list[int]] = {
    ("spectran", "cosine"): [1, 1, 1, 3, 3, 30, 30, 30, 30, 30],
    ("spectran", "dot"): [1, 3, 3, 30, 30, 30, 30, 30, 30, 30],
    ("morec", "cosine"): [1, 3, 30, 30, 30, 30, 30, 30, 30, 30],
    ("morec", "dot"): [1, 1, 1, 1, 30, 30, 30, 30, 30, 30],
    ("base", "cosine"): [3, 15, 30, 30, 30, 30, 30, 30, 30, 30],
    ("base", "dot"): [3, 30, 30, 30, 30, 30, 30, 30, 30, 30],
    ("without_attention", "cosine"): [1, 1, 3, 30, 30, 30, 30, 30, 30, 30],
    ("without_attention", "dot"): [3, 3, 30, 30, 30, 30, 30, 30, 30, 30],
    ("rlmrec", "cosine"): [1, 30, 30, 30, 30, 30, 30, 30, 30, 30],
    ("rlmrec", "dot"): [1, 30, 30, 30, 30, 30, 30, 30, 30, 30],
    # AlphaFuse: NDCG@10 = (2 * 1 + 0.5) / 10 = 0.25.
    ("alphafuse", "cosine"): [1, 1, 3, 30, 30, 30, 30, 30, 30, 30],
    ("alphafuse", "dot"): [1, 1, 3, 30, 30, 30, 30, 30, 30, 30],
    ("frellm4rec", "cosine"): [1, 1, 3, 30, 30, 30, 30, 30, 30, 30],
    ("frellm4rec", "dot"): [1, 1, 3, 30, 30, 30, 30, 30, 30, 30],
}
#: Locality of the ten users' sequences; the first one's is too short.
LOCALITY = [np.nan, *(place / 10 for place in range(1, USERS))]
#: Below this dimension SpecTran has no hits but those at rank 1: NDCG@10 = 0.3 with the first seed.
NARROW = 64
#: Rank of the target for the ten users by an untrained control: NDCG@10 = 0.05 and 0.2.
CONTROL_RANKS = {"popularity": [3, 15, *[30] * 8], "item-knn": [1, 1, *[30] * 8]}
#: Every part of a study; a method of the main part has no place among the ablations unless it is named there.
VARIANTS = {
    "without_attention": {
        "kind": "spectran",
        "label": "SpecTran w/o φ(QKᵀ)",
        "row": "without_attention",
        "attention": False,
    },
    "identity": {
        "kind": "spectran",
        "label": "SpecTran, D → I",
        "row": "identity_weights",
        "positional": "identity",
    },
}
LINEAR = {"kind": "morec", "label": "Linear adapter", "row": "linear_adapter", "activation": "none"}
MAIN = ["base", "rlmrec", "alphafuse", "spectran"]
PARTS: dict[str, Any] = {
    "main": {"methods": MAIN},
    "ablation": {"methods": ["base", "spectran", *VARIANTS]},
    "dimension": {"datasets": ["toys"], "backbones": ["sasrec"], "methods": MAIN, "dimensions": [16, 128, 256]},
    "efficiency": {"datasets": ["toys"], "backbones": ["sasrec"], "methods": ["base", "rlmrec", "spectran"]},
    "case_study": {"methods": ["spectran"]},
    "controls": {"backbones": ["sasrec"], "methods": ["base", "spectran", "linear"]},
    "sensitivity": {
        "datasets": ["toys"],
        "backbones": ["sasrec"],
        "methods": ["base", "alphafuse", "spectran"],
        "variants": READINGS,
    },
}
#: Every seed after the first adds one hit at rank 1 to SpecTran, so that there is a spread.
SECOND_SEED = {"spectran": 1}


def study(**changes: Any) -> Study:
    """Two datasets (one printed, one synthetic), three methods, two seeds, d 128; any key can be replaced."""
    settings: dict[str, Any] = {
        "name": "tiny",
        "description": "A made-up study that only tests the report.",
        "datasets": {
            "office": {"label": "Office", "source": "files", "files": {"interactions": "a.csv", "items": "b.csv"}},
            "made": {"label": "Made up", "source": "synthetic", "synthetic": {}},
        },
        "encoder": {"preset": "minilm"},
        "backbones": {"sasrec": {}},
        "methods": {"base": {}, "morec": {}, "spectran": {}},
        "dimensions": [128],
        "seeds": [0, 1],
        "statistics": {"resamples": 100},
    }
    return parse_study(settings | changes)


def whole_study(**changes: Any) -> Study:
    """Every part and untrained controls, on a printed and a synthetic dataset and two backbones."""
    files = {"interactions": "a.csv", "items": "b.csv"}
    settings: dict[str, Any] = {
        "datasets": {
            "toys": {"label": "Toy", "source": "files", "files": files},
            "made": {"label": "Made up", "source": "synthetic", "synthetic": {}},
        },
        "backbones": {"sasrec": {}, "hstu": {}},
        "methods": {name: {} for name in MAIN} | VARIANTS | {"linear": LINEAR},
        "controls": {name: {} for name in CONTROL_RANKS},
        "parts": PARTS,
        "tuning": GRID,
    }
    return study(**(settings | changes))


def write_tree(made: Study, results: Path) -> Path:
    """Write all files of cells and datasets that the report reads; returns `results`."""
    for name in made.datasets:
        _dataset(results, name, made.encoder.name)
    write_audits(made, results)
    for cell in [*expand(made), *variant_cells(made)]:
        write_cell(made, cell, results / cell.path)
    parts = cells_of_parts(made)
    for cell in parts.get("efficiency", []):
        _efficiency(cell, results / cell.path / "efficiency.json")
    for cell in parts.get("case_study", []):
        _weights(made, cell, results / cell.path)
    for cell in parts.get("frellm4rec", []):
        write_frequencies(made, cell, results / cell.path)
    for name in made.datasets if made.parts.frellm4rec else ():
        write_graph(results / graph_folder(made, name), LOCALITY)
    run_statistics(made, results, results / "statistics")
    return results


def write_controls(made: Study, results: Path) -> None:
    """Write the files of the untrained controls."""
    for cell in expand_controls(made):
        folder = results / cell.path
        folder.mkdir(parents=True)
        table = {"user": range(USERS), "seed": 0, "score": "own", "rank": CONTROL_RANKS[cell.control], "ties": 0}
        pd.DataFrame(table).to_parquet(folder / "ranks.parquet", index=False)
        (folder / "choice.json").write_text(json.dumps({"chosen": {}}), encoding="utf-8")


def write_cell(made: Study, cell: Cell, folder: Path) -> None:
    own = settings_of(made, cell)
    made = made.model_copy(update={"seeds": own.seeds, "tuning": own.tuning})
    folder.mkdir(parents=True)
    method = TURNED.get(cell.variant, {}).get(cell.method, cell.method)
    kind = method if method in {method for method, _ in RANKS} else "base"
    _ranks(made, kind, cell.dim).to_parquet(folder / "ranks.parquet", index=False)
    diagnosed = _spectrum(made, kind, cell.dim).merge(_collapse(made, kind, cell.dim), on=["seed", "table", "moment"])
    diagnosed.to_parquet(folder / "spectrum.parquet", index=False)
    table = _trials(made, cell, kind)
    table.to_parquet(folder / "trials.parquet", index=False)
    (folder / "members.safetensors").write_bytes(b"parameters")
    epochs = {str(seed): 12 for seed in made.seeds}
    best = {str(seed): 7 for seed in made.seeds}
    trials = max(1, table.loc[table["phase"] == "search", "member"].nunique())
    diverged = int(trials > 1 and cell.method == DIVERGING)
    choice = POINT | {"trials": trials, "diverged_trials": diverged, "validation_ndcg@20": 0.25}
    choice |= {"best_epoch": best, "epochs": epochs}
    cost = {
        "trainable_parameters": 1_705_728,
        "training_seconds": 12.5,
        "inference_seconds": None if kind == "base" else 0.75,
        "member_epochs": 24,
        "peak_memory_mb": 512.0,
        "device": "cpu",
        "threads": 1,
        "pack": 1,
    }
    provenance = {
        "commit": "0123abc",
        "clean": True,
        "study": made.name,
        "study_sha256": "0" * 64,
        "inputs": {},
        "versions": {},
        "device": "cpu",
        "seeds": list(made.seeds),
        "started": "2026-01-01T00:00:00Z",
        "seconds": 1.0,
    }
    for name, value in (("training", {"choice": choice, "cost": cost}), ("provenance", provenance)):
        (folder / f"{name}.json").write_text(json.dumps(value), encoding="utf-8")


def values(kind: str, table: str, dim: int) -> np.ndarray:
    """Singular values of the trained covariance: MoRec's semantic table collapses, all else is flat enough."""
    index = np.arange(1, dim + 1, dtype=float)
    rate = 0.5 if (kind, table) == ("morec", "semantic") else {"base": 0.95, "morec": 0.96}.get(kind, 0.98)
    return rate**index


def _ranks(made: Study, kind: str, dim: int) -> pd.DataFrame:
    parts = []
    for number, seed in enumerate(made.seeds):
        for score in ("cosine", "dot"):
            rank = list(RANKS[kind, score])
            if dim < NARROW and kind == "spectran":
                rank = [place if place == 1 else 30 for place in rank]
            if number:
                rank[-SECOND_SEED.get(kind, 0) or len(rank) :] = [1] * SECOND_SEED.get(kind, 0)
            parts.append(pd.DataFrame({"user": range(USERS), "seed": seed, "score": score, "target": 1, "rank": rank}))
    return pd.concat(parts, ignore_index=True).assign(
        ties=0,
        history=lambda rows: np.where(rows["user"] % 2, 4, 8),
        popularity=lambda rows: np.where(rows["user"] == USERS - 1, 0, 3),
        popularity_quantile=lambda rows: np.where(rows["user"] < 4, 0.1, 0.5).astype(np.float32),
    )


def _spectrum(made: Study, kind: str, dim: int) -> pd.DataFrame:
    tables = ["item"] if kind == "base" else ["semantic", "item"]
    parts = []
    for seed in made.seeds:
        for table in tables:
            for moment in ("init", "trained"):
                s = values(kind, table, dim) ** (0.25 if moment == "init" else 1.0)  # flatter before training
                columns = {"index": range(1, dim + 1), "covariance": s, "centred": np.sqrt(s), "raw": np.sqrt(s)}
                parts.append(pd.DataFrame({"seed": seed, "table": table, "moment": moment, **columns}))
    return pd.concat(parts, ignore_index=True)


def _collapse(made: Study, kind: str, dim: int) -> pd.DataFrame:
    tables = ["item"] if kind == "base" else ["semantic", "item"]
    rows = [
        {"seed": seed, "table": table, "moment": moment, "dim": dim}
        | {measure: number + (0.25 if moment == "init" else 0.5) for number, measure in enumerate(MEASURES)}
        | {"effective_rank": effective_rank(np.sqrt(values(kind, table, dim)))}
        for seed in made.seeds
        for table in tables
        for moment in ("init", "trained")
    ]
    return pd.DataFrame(rows)


def _trials(made: Study, cell: Cell, kind: str) -> pd.DataFrame:
    height = {"base": 0.1, "morec": 0.15, "spectran": 0.25, "without_attention": 0.2}.get(kind, 0.17)
    epochs = np.arange(1, 13)
    curve = height * (1 - np.exp(-epochs / 4)) - 0.002 * np.maximum(0, epochs - 7)
    parts = [
        pd.DataFrame(
            {"phase": "final", "member": number, "seed": seed, **POINT, "epoch": epochs, "loss": 4.0 / epochs}
        ).assign(diverged=False, **{f"{metric}@{k}": curve for metric in ("ndcg", "hr") for k in (10, 20)})
        for number, seed in enumerate(made.seeds)
    ]
    return pd.concat([*search(made, cell, parts[0]), *parts], ignore_index=True)


def _efficiency(cell: Cell, path: Path) -> None:
    """A quarter of a second an epoch, and twice that for SpecTran."""
    record = {
        "trainable_parameters": 1_705_728,
        "epoch_seconds": 0.5 if cell.method == "spectran" else 0.25,
        "inference_seconds": 0.125,
        "peak_memory_mb": 300.0,
        "epochs_timed": [0.25] * 3,
        "rankings_timed": [0.125] * 3,
        "batch": 256,
        "device": "cpu",
        "threads": 1,
    }
    path.write_text(json.dumps(record), encoding="utf-8")


def _weights(made: Study, cell: Cell, folder: Path, components: int = 40) -> None:
    """Principal weights of mean 2 at the start and 5 + seed trained; subordinate of mean 8 and 20."""
    d = np.arange(1, cell.dim + 1)
    tables, maps = [], []
    for seed in made.seeds:
        for moment, principal, subordinate in (("init", 2.0, 8.0), ("trained", 5.0 + seed, 20.0)):
            swing = (-1.0) ** d  # even dimensions above the mean by one, odd ones below
            key = {"seed": seed, "moment": moment}
            columns = {"positional": 1.0, "mixing": principal + swing - 1, "principal": principal + swing}
            table = pd.DataFrame({"dimension": d} | columns | {"subordinate": subordinate - swing})
            tables.append(table.assign(components=components, **key))
            grid = np.array([(i, j) for i in (1, cell.dim // 2 + 1) for j in (1, cell.dim + 1)])
            block = pd.DataFrame(grid, columns=["dimension", "component"])
            maps.append(block.assign(weight=[principal, 0.2, principal, 0.1], **key))
    pd.concat(tables, ignore_index=True).to_parquet(folder / "weights.parquet", index=False)
    pd.concat(maps, ignore_index=True).to_parquet(folder / "mixing.parquet", index=False)


def _dataset(results: Path, name: str, encoder: str) -> None:
    rounds = [
        {"step": "all interactions", "users": 4905, "items": 2420, "interactions": 53258},
        {"step": "5-core", "users": 4895, "items": 2414, "interactions": 53149},
    ]
    statistics = {
        "users": 4895,
        "items": 2415,
        "interactions": 41460,
        "density_percent": 0.3507,
        "average_length": 8.47,
        "distinct_titles": 2411,
        "rounds": rounds,
    }
    text, folder = results / "text" / name / encoder, results / "spectra" / name / encoder
    for path in (results / "data" / name, text, folder):
        path.mkdir(parents=True)
    (results / "data" / name / "statistics.json").write_text(json.dumps(statistics), encoding="utf-8")
    (text / "encoding.json").write_text("{}", encoding="utf-8")
    np.save(text / "embeddings.npy", EMBEDDINGS)
    decompose_file(
        text / "embeddings.npy",
        {form: folder / f"decomposition-{form}.safetensors" for form in FORMS},
        folder / "spectrum.parquet",
        folder / "diagnostics.json",
    )
