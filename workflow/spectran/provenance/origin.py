"""From a cell of a table to the file of results that it derives from."""

from dataclasses import dataclass
from typing import Any

import pandas as pd

from spectran.config.cells import Cell
from spectran.config.control_cells import ControlCell
from spectran.evaluation.metrics import summarise
from spectran.provenance.numbers import Match
from spectran.provenance.record import Record
from spectran.provenance.results import Results

#: File of a cell behind tables that are not about accuracy; the others derive from the ranks.
_CELL_FILES = {
    "choice": "training.json",
    "tuning": "trials.parquet",
    "cost": "training.json",
    "collapse": "spectrum.parquet",
    "collapse_item": "spectrum.parquet",
    "table5": "efficiency.json",
    "table5_printed": "efficiency.json",
    "table6": "weights.parquet",
    "table6_printed": "weights.parquet",
}
#: Where in its file a number stands, if the file has more than what the table shows.
_PLACES = {
    "choice": "under choice",
    "cost": "under cost",
    "collapse": "beside each singular value of the table",
    "collapse_item": "beside each singular value of the table",
}
#: File behind tables whose rows are no cells.
_OTHER_FILES = {
    "table1": "data/{dataset}/statistics.json",
    "filter_rounds": "data/{dataset}/statistics.json",
    "data_audit": "audit/{dataset}/audit.json",
    "embeddings": "spectra/{dataset}/{encoder}/diagnostics.json",
    "comparisons": "statistics/comparisons.parquet",
    "variance": "statistics/variance.parquet",
    "aggregates": "statistics/aggregates.parquet",
    "groups": "statistics/groups.parquet",
}
_COMPARED = ("significant", "p_", "helped", "hurt")


@dataclass(frozen=True)
class Origin:
    """Where a number comes from.

    Attributes:
        path: the file, as records spell it.
        said: how the number derives from it.
    """

    path: str
    said: str


def origin(match: Match, results: Results) -> Origin:
    """The file that a match derives from; accuracies are recomputed there and compared."""
    row = match.row
    if match.column == "printed":
        return Origin(_table(match, results), "printed in the paper; copied from config/published")
    if match.table in _OTHER_FILES:
        return Origin(f"{results.spelling}/{_OTHER_FILES[match.table].format_map(row)}", "kept there as it is shown")
    if match.column.startswith(_COMPARED):
        return Origin(f"{results.spelling}/statistics/comparisons.parquet", "kept there as it is shown")
    cell = _cell(row)
    if cell is None:
        return Origin(_table(match, results), "derived from several cells")
    path = f"{results.spelling}/{cell}/{_CELL_FILES.get(match.table, 'ranks.parquet')}"
    if not path.endswith("ranks.parquet"):
        place = _PLACES.get(match.table)
        return Origin(path, f"read from it, {place}" if place else "read from it")
    return Origin(path, _recomputed(match, results, path))


def _table(match: Match, results: Results) -> str:
    return f"{results.spelling}/report/tables/{match.table}.csv"


def _cell(row: dict[str, Any]) -> str | None:
    """Folder of the cell, or of the untrained control, that a row is about."""
    if not {"dataset", "encoder", "method"} <= row.keys():
        return None
    names = row["dataset"], row["encoder"]
    if not {"backbone", "dim"} <= row.keys():
        return ControlCell(*names, row["method"]).path
    # The row of the score that the study does not use ranks the study's own members.
    variant = "" if str(row.get("variant", "")).startswith("(") else row.get("variant", "")
    return Cell(*names, row["backbone"], row["method"], int(row["dim"]), variant).path


def _recomputed(match: Match, results: Results, path: str) -> str:
    """The accuracy that the ranks give now, beside the one in the table."""
    metric, place, maker = str(match.row.get("metric", "")), results.place(path), results.makers.get(path)
    statistic = "std" if match.column == "sd" else "mean"
    if match.column not in ("ours", "sd", "cosine", "dot") or "@" not in metric or maker is None:
        return "derived from it, and from others where it compares"
    if place is None:
        return "cannot be recomputed, for the file is not there"
    ranks = pd.read_parquet(place, columns=["seed", "score", "rank", "ties"])
    ties, score = _rules(maker)
    score = match.column if match.column in ("cosine", "dot") else score
    chosen = ranks[ranks["score"] == score] if score in set(ranks["score"]) else ranks
    values = summarise(chosen, [int(metric.partition("@")[2])], ties)[metric]
    found = float(values.agg(statistic))
    equal = abs(found - match.value) <= 1e-12 + 1e-9 * abs(match.value)
    what = f"{statistic} over {len(values)} seed{'' if len(values) == 1 else 's'} of {metric} ranked by {score}"
    return f"recomputed there ({what}): {found!r}, {'equal' if equal else 'NOT EQUAL'}"


def _rules(maker: Record) -> tuple[Any, str]:
    """The rule for ties, and the study's ranking score; controls have a score of their own."""
    settings = maker.settings["settings"]
    rules = settings.get("evaluation", settings)
    return rules["ties"], rules.get("score", "own")
