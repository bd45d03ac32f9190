"""FreLLM4Rec's part: accuracy by full ranking and among sampled negatives, and what is left of low frequencies."""

from collections.abc import Iterator, Mapping
from typing import Any

import pandas as pd

from spectran.config.cells import Cell
from spectran.config.frequency_cells import PART
from spectran.reporting.accuracy_table import filled, how_measured
from spectran.reporting.findings import Findings, metric_label
from spectran.reporting.frames import KEYS
from spectran.reporting.frequency_cells import blocks, cell_label, frequency_cells
from spectran.reporting.frequency_shares import USER, low_shares, retained
from spectran.reporting.limits import limit_notes
from spectran.reporting.render.numbers import NONE, percent, spread
from spectran.reporting.render.table import Entry, Head, Mark, Table, place_marks

FULL = "Full ranking"
SHARES = "Low-frequency share"
#: Cutoff of the sampled metrics that are shown, where the study has it.
SHOWN = 10


def build(findings: Findings) -> Table:
    """One row a cell of each block, grouped by block; a cell of several blocks stands in each."""
    part = findings.part(PART)
    data = _data(part)
    entries: list[Entry] = []
    several = len(part.study.datasets) > 1
    for label, cells in blocks(part).items():
        for dataset in dict.fromkeys(cell.dataset for cell in cells):
            own = pd.DataFrame([_keys(cell) for cell in cells if cell.dataset == dataset]).merge(data, on=KEYS)
            if len(own):
                group = f"{own['dataset_label'].iloc[0]} · {label}" if several else label
                entries += _block(part, group, own)
    columns = [column for column in data.columns if "@" in column]
    tidy = data[[*KEYS, "backbone_label", "method_label", "role", *columns, *_LAYERS]]
    return Table(tuple(filled(entries)), tidy, stub="Backbone · method", notes=tuple(_notes(part)))


_LAYERS = ["layers", "first", "first_sd", "last", "last_sd", "change_percent", "global_first", "global_last", "seeds"]


def _data(part: Findings) -> pd.DataFrame:
    """Wide: a column a metric ("sampled ndcg@10" among sampled negatives, "... sd" the spread), and `_LAYERS`."""
    table = frequency_cells(part)
    full = part.accuracy(part.score)
    sampled = part.frames.sampled.groupby([*KEYS, "metric"], as_index=False).agg(
        ours=("value", "mean"), sd=("value", "std")
    )
    for name, rows in (("", full), ("sampled ", sampled)):
        for metric in part.metric_names:
            values = rows.loc[rows["metric"] == metric, [*KEYS, "ours", "sd"]]
            names = {"ours": f"{name}{metric}", "sd": f"{name}{metric} sd"}
            table = table.merge(values.rename(columns=names), on=KEYS, how="left", validate="one_to_one")
    seeds = full.drop_duplicates(KEYS)[[*KEYS, "seeds"]]
    table = table.merge(retained(part), on=KEYS, how="left", validate="one_to_one")
    table = table.merge(seeds, on=KEYS, how="left", validate="one_to_one")
    shares = low_shares(part)
    shares = shares[shares["scope"] == USER]
    for name, layer in (("first_sd", table["layers"] * 0), ("last_sd", table["layers"])):
        wanted = table[KEYS].assign(layer=layer)
        spreads = wanted.merge(shares[[*KEYS, "layer", "sd"]], on=[*KEYS, "layer"], how="left")
        table = table.assign(**{name: spreads["sd"].to_numpy()})
    return table


def _block(part: Findings, group: str, own: pd.DataFrame) -> Iterator[Entry]:
    several = len(part.frames.cells["dim"].unique()) > 1
    marks = {column: place_marks(own[column]) for _, column in _columns(part)}
    for number, row in enumerate(own.to_dict("records")):
        dimension = f" · d = {row['dim']}" if several else ""
        head = (group, f"{cell_label(row)}{dimension}")
        for column, name in _columns(part):
            yield _metric(head, column, row, name, marks[name][number])
        link = f"{row['path']}/attenuation.parquet" if pd.notna(row["last"]) else ""
        for name, key in (("input", "first"), ("last layer", "last")):
            text = percent(100 * row[key]) if pd.isna(row[f"{key}_sd"]) else _spread(row[key], row[f"{key}_sd"])
            yield Entry(head, (SHARES, name), text, link=link)
        yield Entry(head, (SHARES, "change"), percent(row["change_percent"], sign=True))


def _metric(head: Head, column: Head, row: Mapping[Any, Any], name: str, mark: Mark) -> Entry:
    found = pd.notna(row[name])
    text = spread(row[name], row[f"{name} sd"]) if found else NONE
    return Entry(head, column, text, mark=mark, link=f"{row['path']}/ranks.parquet" if found else "")


def _spread(value: float, sd: float) -> str:
    return f"{100 * value:.1f} ± {100 * sd:.1f}\u00a0%"


def _columns(part: Findings) -> list[tuple[Head, str]]:
    """Heads of the columns of metrics, and their names in `_data`."""
    cutoffs = part.study.evaluation.cutoffs
    shown = SHOWN if SHOWN in cutoffs else min(cutoffs)
    full: list[tuple[Head, str]] = [((FULL, metric_label(name)), name) for name in part.metric_names]
    names = [f"{kind}@{shown}" for kind in ("ndcg", "hr")]
    return [*full, *(((sampled_head(part), metric_label(name)), f"sampled {name}") for name in names)]


def sampled_head(part: Findings) -> str:
    """1 + 99 sampled, with the study's number."""
    options = part.study.parts.frellm4rec
    return f"1 + {options.sampled_negatives} sampled" if options else ""


def _keys(cell: Cell) -> dict[str, Any]:
    return {key: getattr(cell, key) for key in KEYS}


def _notes(part: Findings) -> Iterator[str]:
    options = part.study.parts.frellm4rec
    if options is None:
        return
    yield how_measured(part)
    yield from limit_notes(part)
    yield (
        f"{sampled_head(part)}: the target among itself and {options.sampled_negatives} uniform negatives, as the "
        "paper measures: the expectation over all draws, worked out from the full ranks. Such numbers are higher than "
        "those of full ranking, may order methods otherwise, and cannot be compared with them."
    )
    yield (
        f"{SHARES}: energy of the hidden states in the lowest {percent(100 * options.low_share, 0)} of the frequencies "
        f"of each user's own item graph, mean over up to {options.users:,} users; in the first block's input and "
        "behind the last block (after its temporal filter, if any). Change: of the latter against the former. The CSV "
        f"has the same on the whole graph, as the share of its {options.lowest} lowest eigenvectors."
    )
