"""Frames of FreLLM4Rec's part: graph frequencies, filters, sampled metrics, users by locality, and the graphs."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from spectran.config.cells import Cell, cells_of_parts
from spectran.config.frequency_cells import PART, reference_of
from spectran.config.study import Study
from spectran.evaluation.metrics import per_user
from spectran.evaluation.sampled_metrics import per_user_sampled
from spectran.reporting.catalogue.files import graph_folder
from spectran.reporting.cell_files import ResultFileError, is_made, json_keys, parquet_columns
from spectran.reporting.frames import KEY_TYPES, KEYS, empty_frame
from spectran.reporting.locality_groups import GROUPED, grouped

FREQUENCIES = {"seed": int, "layer": int, "scope": str, "band": int, "energy": float, "users": int}
FILTERS = {"seed": int, "parameter": str, "block": int, "value": float}
SAMPLED = {"seed": int, "metric": str, "value": float}
GRAPHS = {"dataset": str, "fact": str, "value": float}
#: Numbers of a graph's record, and the list in it, whose numbers are facts "lowest_eigenvalue_1" and so on.
FACTS = ("items", "edges", "isolated_items", "components", "mean_degree", "largest_eigenvalue")
EIGENVALUES = "lowest_eigenvalues"


def frequency_frames(study: Study, results: Path) -> dict[str, pd.DataFrame]:
    """The frames frequencies, filters, sampled, locality and graphs; with no rows where the part was not run.

    Raises:
        ResultFileError: naming the first file that is missing or lacks a column, key or seed.
    """
    cells = cells_of_parts(study).get(PART, [])
    # Both files are of one job, whose outputs are all empty where it fails.
    looked_at = [cell for cell in cells if is_made(results / cell.path / "attenuation.parquet")]
    ranked = {cell: ranks for cell in cells if (ranks := _ranks(study, results, cell)) is not None}
    files = [results / cell.path / "attenuation.parquet" for cell in looked_at]
    return {
        "frequencies": _joined(looked_at, [parquet_columns(path, list(FREQUENCIES)) for path in files], FREQUENCIES),
        "filters": _joined(looked_at, [_filters(path.with_name("filters.json")) for path in files], FILTERS),
        "sampled": _joined([*ranked], _sampled(study, results, ranked), SAMPLED),
        "locality": _joined([*ranked], _by_locality(study, results, ranked), GROUPED),
        "graphs": _graphs(study, results),
    }


def _joined(cells: Sequence[Cell], frames: Sequence[pd.DataFrame], types: dict[str, type]) -> pd.DataFrame:
    keyed = [
        frame.assign(**{key: getattr(cell, key) for key in KEYS}) for cell, frame in zip(cells, frames, strict=True)
    ]
    if not keyed:
        return empty_frame(KEY_TYPES | types)
    return pd.concat(keyed, ignore_index=True)[[*KEYS, *types]].astype(types)


def _filters(path: Path) -> pd.DataFrame:
    """One row a seed and parameter: alpha of the graph filter (block 0), and the cut-off after each block, from 1."""
    record = json_keys(path, ["alpha", "cutoff"])
    rows: list[tuple[int, str, int, Any]] = []
    for seed, value in (record["alpha"] or {}).items():
        rows.append((int(seed), "alpha", 0, value))
    for seed, values in (record["cutoff"] or {}).items():
        rows += [(int(seed), "cutoff", block, value) for block, value in enumerate(values, start=1)]
    return pd.DataFrame(rows, columns=list(FILTERS)).astype(FILTERS)


def _ranks(study: Study, results: Path, cell: Cell) -> pd.DataFrame | None:
    """Ranks by the study's score; None of a cell that failed."""
    path = results / cell.path / "ranks.parquet"
    if not is_made(path):
        return None
    ranks = parquet_columns(path, ["user", "seed", "score", "rank", "ties"])
    return ranks[ranks["score"] == study.evaluation.score].reset_index(drop=True)


def _sampled(study: Study, results: Path, ranked: dict[Cell, pd.DataFrame]) -> list[pd.DataFrame]:
    part = study.parts.frellm4rec
    statistics = {name: results / "data" / name / "statistics.json" for name in study.datasets}
    items = {name: json_keys(path, ["items"])["items"] for name, path in statistics.items()}
    found = []
    for cell, ranks in ranked.items():
        assert part is not None
        try:
            metrics = per_user_sampled(ranks, study.evaluation.cutoffs, items[cell.dataset], part.sampled_negatives)
        except ValueError as error:
            raise ResultFileError(f"{results / cell.path / 'ranks.parquet'}: {error}") from None
        means = metrics.groupby(ranks["seed"]).mean().reset_index()
        found.append(means.melt(id_vars="seed", var_name="metric", value_name="value"))
    return found


def _by_locality(study: Study, results: Path, ranked: dict[Cell, pd.DataFrame]) -> list[pd.DataFrame]:
    part, evaluation = study.parts.frellm4rec, study.evaluation
    users = {}
    for cell, ranks in ranked.items():
        metrics = per_user(ranks, evaluation.cutoffs, evaluation.ties)
        users[cell] = metrics.groupby(ranks["user"]).mean()
    localities = {
        name: parquet_columns(results / graph_folder(study, name) / "locality.parquet", ["user", "locality"])
        for name in dict.fromkeys(cell.dataset for cell in ranked)
    }
    found = []
    for cell, own in users.items():
        assert part is not None
        against = reference_of(study, cell)
        reference = None if against is None or against == cell else users.get(against)
        scores = localities[cell.dataset].set_index("user")["locality"]
        found.append(grouped(own, reference, scores, part.quantiles, study.statistics.confidence))
    return found


def _graphs(study: Study, results: Path) -> pd.DataFrame:
    rows = []
    for name in study.datasets if study.parts.frellm4rec else ():
        record = json_keys(results / graph_folder(study, name) / "graph.json", [*FACTS, EIGENVALUES])
        rows += [(name, fact, record[fact]) for fact in FACTS]
        rows += [(name, f"lowest_eigenvalue_{n}", value) for n, value in enumerate(record[EIGENVALUES], start=1)]
    return pd.DataFrame(rows, columns=list(GRAPHS)).astype(GRAPHS)
