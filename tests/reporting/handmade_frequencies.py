"""A study of FreLLM4Rec's part, and what its files would have said, put in by hand."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from spectran.config.cells import Cell, cells_of_parts, settings_of
from spectran.config.frequency_cells import PART, reference_of
from spectran.config.load import parse_study
from spectran.config.study import Study
from spectran.reporting.frames import KEY_TYPES, KEYS, empty_frame
from spectran.reporting.frequency_frames import FILTERS, FREQUENCIES, GRAPHS, SAMPLED
from spectran.reporting.locality_groups import GROUPED

LLM: dict[str, Any] = {"kind": "language-model", "preset": "minilm", "training": {"seeds": 1, "epochs": 6}}
BACKBONES: dict[str, Any] = {
    "sasrec": {},
    "sasrec-tfm": {"kind": "sasrec", "label": "SASRec + TFM", "temporal_filter": {}},
    "llm": LLM | {"label": "LLM"},
    "tfm": LLM | {"label": "LLM + TFM", "temporal_filter": {}},
    "drawn": LLM | {"label": "random LLM", "start": "random"},
    "drawn-tfm": LLM | {"label": "random LLM + TFM", "start": "random", "temporal_filter": {}},
    "half": LLM | {"label": "LLM + TFM, ω_c 0.5", "temporal_filter": {"cutoff": 0.5}},
    "learned": LLM | {"label": "LLM + TFM, ω_c learned", "temporal_filter": {"cutoff": 0.5, "learned": True}},
    "circular": LLM | {"label": "LLM + circular TFM", "temporal_filter": {"form": "circular"}},
    "lora": LLM | {"label": "LLM, LoRA, + TFM", "temporal_filter": {}, "unfrozen": {"lora_rank": 8}},
}
METHODS: dict[str, Any] = {
    "base": {},
    "spectran": {},
    "frellm4rec": {},
    "fusion": {"kind": "frellm4rec", "label": "Fusion w/o G-LPF", "graph_filter": None},
    "weak": {"kind": "frellm4rec", "label": "FreLLM4Rec, α 0.3", "graph_filter": {"alpha": 0.3}},
    "chosen": {"kind": "frellm4rec", "label": "FreLLM4Rec, α learned", "graph_filter": {"learned": True}},
    "binary": {"kind": "frellm4rec", "label": "FreLLM4Rec, binary graph", "graph_filter": {"graph": "binary"}},
    "base-glpf": {"kind": "base", "label": "Base + G-LPF", "graph_filter": {}},
}
BLOCKS: dict[str, Any] = {
    name: {"label": label, "backbones": backbones, "methods": methods, "dimensions": [dim]}
    for name, label, backbones, methods, dim in (
        ("references", "Without a language model", ["sasrec"], ["base", "spectran"], 64),
        ("ablation", "G-LPF and TFM", ["llm", "tfm"], ["fusion", "frellm4rec"], 384),
        ("pretraining", "A random twin", ["drawn", "drawn-tfm"], ["fusion", "frellm4rec"], 384),
        ("alpha", "Strength α", ["tfm"], ["frellm4rec", "weak"], 384),
        ("cutoff", "Cut-off ω_c", ["tfm", "half"], ["frellm4rec"], 384),
        ("learned", "Learned α and ω_c", ["learned"], ["chosen"], 384),
        ("form", "The paper's circular TFM", ["circular"], ["frellm4rec"], 384),
        ("graphs", "Other graphs", ["tfm"], ["binary"], 384),
        ("unfreezing", "Not frozen", ["lora"], ["frellm4rec"], 384),
        ("elsewhere", "Elsewhere", ["sasrec", "sasrec-tfm"], ["base-glpf"], 64),
    )
}
#: NDCG@10 by backbone and method: FreLLM4Rec 6.25 % above the language model alone.
ACCURACY = {
    ("sasrec", "base"): 0.030,
    ("sasrec", "spectran"): 0.036,
    ("llm", "fusion"): 0.032,
    ("llm", "frellm4rec"): 0.0325,
    ("tfm", "fusion"): 0.033,
    ("tfm", "frellm4rec"): 0.034,
    ("tfm", "weak"): 0.0335,
    ("half", "frellm4rec"): 0.036,
    ("learned", "chosen"): 0.035,
    ("drawn", "fusion"): 0.020,
    ("lora", "frellm4rec"): 0.037,
}
#: Low-frequency share in the first block's input and behind the last, likewise.
KEPT = {
    ("sasrec", "base"): (0.40, 0.39),
    ("llm", "fusion"): (0.50, 0.10),
    ("llm", "frellm4rec"): (0.60, 0.15),
    ("tfm", "fusion"): (0.50, 0.40),
    ("tfm", "frellm4rec"): (0.60, 0.57),
    ("tfm", "weak"): (0.55, 0.50),
    ("half", "frellm4rec"): (0.60, 0.36),
    ("drawn", "fusion"): (0.50, 0.45),
}
#: What learned filters come to, by parameter and block.
LEARNED = {"alpha": [0.42], "cutoff": [0.2, 0.3, 0.4, 0.5, 0.6, 0.7]}
#: Users of each group of locality, and by how much the group's NDCG is more than the mean of all.
GROUPS = {1: (100, 0.5), 2: (120, 0.8), 3: (90, 1.2), 4: (110, 1.5)}
FACTS = {
    "items": 2414.0,
    "edges": 50_000.0,
    "isolated_items": 3.0,
    "components": 2.0,
    "mean_degree": 41.4,
    "largest_eigenvalue": 0.98765,
    "lowest_eigenvalue_1": 0.0,
    "lowest_eigenvalue_2": 0.01234,
}


def frequency_study(datasets: int = 1, seeds: int = 2, blocks: dict[str, Any] = BLOCKS, **changes: Any) -> Study:
    """A study with that part alone; language models have one seed, whatever the study has."""
    names = {"toys": "Toy", "beauty": "Beauty", "office": "Office"}
    files = {"source": "files", "files": {"interactions": "a.csv", "items": "b.csv"}}
    settings = {
        "name": "by-hand",
        "description": "Numbers put in by a test.",
        "datasets": {name: {"label": label, **files} for name, label in list(names.items())[:datasets]},
        "encoder": {"preset": "minilm"},
        "backbones": {name: BACKBONES[name] for name in BACKBONES if _used(blocks, "backbones", name)},
        "methods": {name: METHODS[name] for name in METHODS if name == "base" or _used(blocks, "methods", name)},
        "dimensions": [64],
        "seeds": list(range(seeds)),
        "parts": {"main": None, "frellm4rec": {"blocks": blocks}},
        "statistics": {"resamples": 100},
        "tuning": {"weight_decay": [0.0, 1e-4], "dropout": [0.1]},
    }
    return parse_study(settings | changes)


def frequency_level(cell: Cell) -> float:
    """`ACCURACY`; 0.031 for other cells."""
    return ACCURACY.get((cell.backbone, cell.method), 0.031)


def frequencies_of(study: Study, level: Callable[[Cell], float], metrics: dict[str, float]) -> dict[str, pd.DataFrame]:
    """The frames frequencies, filters, sampled, locality and graphs; sampled metrics are ten times the full ones."""
    cells = cells_of_parts(study).get(PART, [])
    facts = [(name, *fact) for name in (study.datasets if cells else ()) for fact in FACTS.items()]
    return {
        "frequencies": _joined(cells, [_frequencies(study, cell) for cell in cells], FREQUENCIES),
        "filters": _joined(cells, [_filters(study, cell) for cell in cells], FILTERS),
        "sampled": _joined(cells, [_sampled(study, cell, level(cell), metrics) for cell in cells], SAMPLED),
        "locality": _joined(cells, [_locality(study, cell, level, metrics) for cell in cells], GROUPED),
        "graphs": pd.DataFrame(facts, columns=list(GRAPHS)).astype(GRAPHS),
    }


def bands(share: float) -> list[float]:
    """Ten bands, of which the first three have this share."""
    return [share / 3] * 3 + [(1 - share) / 7] * 7


def write_frequencies(study: Study, cell: Cell, folder: Path) -> None:
    """The files of a cell of the part."""
    _frequencies(study, cell).to_parquet(folder / "attenuation.parquet", index=False)
    own = _filters(study, cell)
    seeds = own["seed"].unique().tolist()
    values = {
        name: {str(seed): rows.loc[rows["seed"] == seed, "value"].tolist() for seed in seeds}
        for name, rows in own.groupby("parameter")
    }
    alpha = {seed: value for seed, (value,) in values.get("alpha", {}).items()}
    record = {"alpha": alpha or None, "cutoff": values.get("cutoff")}
    (folder / "filters.json").write_text(json.dumps(record), encoding="utf-8")


def write_graph(folder: Path, locality: list[float]) -> None:
    """What is known of a dataset's graph, and the locality of as many users."""
    folder.mkdir(parents=True)
    record = {name: value for name, value in FACTS.items() if not name.startswith("lowest")}
    lowest = [value for name, value in FACTS.items() if name.startswith("lowest")]
    (folder / "graph.json").write_text(json.dumps(record | {"lowest_eigenvalues": lowest}), encoding="utf-8")
    users = pd.DataFrame({"user": range(len(locality)), "locality": locality})
    users.to_parquet(folder / "locality.parquet", index=False)


def _used(blocks: dict[str, Any], axis: str, name: str) -> bool:
    return any(name in block[axis] for block in blocks.values()) or (axis == "backbones" and name == "sasrec")


def _joined(cells: list[Cell], frames: list[pd.DataFrame], types: dict[str, type]) -> pd.DataFrame:
    keyed = [f.assign(**{key: getattr(c, key) for key in KEYS}) for c, f in zip(cells, frames, strict=True)]
    if not keyed:
        return empty_frame(KEY_TYPES | types)
    return pd.concat(keyed, ignore_index=True)[[*KEYS, *types]].astype(types)


def _frequencies(study: Study, cell: Cell) -> pd.DataFrame:
    """Shares fall, or rise, in equal steps; on the whole graph they are half as large."""
    layers = 2 if cell.backbone.startswith("sasrec") else 6
    shares = np.linspace(*KEPT.get((cell.backbone, cell.method), (0.5, 0.3)), layers + 1)
    rows = [
        (seed, layer, scope, band, energy, 400)
        for seed in settings_of(study, cell).seeds
        for layer, share in enumerate(shares)
        for scope, energies in (("user", bands(share)), ("global", [share / 2]))
        for band, energy in enumerate(energies)
    ]
    return pd.DataFrame(rows, columns=list(FREQUENCIES))


def _filters(study: Study, cell: Cell) -> pd.DataFrame:
    graph, temporal = study.methods[cell.method].graph_filter, study.backbones[cell.backbone].temporal_filter
    values: dict[str, list[float]] = {}
    if graph:
        values["alpha"] = LEARNED["alpha"] if graph.learned else [graph.alpha]
    if temporal:
        values["cutoff"] = LEARNED["cutoff"] if temporal.learned else [temporal.cutoff] * 6
    rows = [
        (seed, name, block + (name == "cutoff"), value)
        for seed in settings_of(study, cell).seeds
        for name, own in values.items()
        for block, value in enumerate(own)
    ]
    return pd.DataFrame(rows, columns=list(FILTERS))


def _sampled(study: Study, cell: Cell, level: float, metrics: dict[str, float]) -> pd.DataFrame:
    rows = [
        (seed, metric, 10 * level * factor)
        for seed in settings_of(study, cell).seeds
        for metric, factor in metrics.items()
    ]
    return pd.DataFrame(rows, columns=list(SAMPLED))


def _locality(study: Study, cell: Cell, level: Callable[[Cell], float], metrics: dict[str, float]) -> pd.DataFrame:
    reference = reference_of(study, cell)
    rows = []
    for group, (users, factor) in GROUPS.items():
        for metric, scale in metrics.items():
            value = factor * scale * level(cell)
            ahead = factor * scale * level(reference) - value if reference not in {None, cell} else float("nan")
            ends = (group / 10 - 0.1, group / 10)
            rows.append(
                (group, users, *ends, metric, value, value - 0.004, value + 0.004, ahead, ahead - 0.002, ahead + 0.002)
            )
    return pd.DataFrame(rows, columns=list(GROUPED))
