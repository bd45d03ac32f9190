"""What the search of every cell found, and whether it was the same search for every method."""

from collections.abc import Iterator
from typing import Any

import pandas as pd

from spectran.reporting.catalogue.parts import SPECTRAN
from spectran.reporting.findings import Findings
from spectran.reporting.frames import KEYS
from spectran.reporting.render.numbers import count, fixed, general
from spectran.reporting.render.table import Entry, Table, nothing
from spectran.reporting.trials import LABELS, final_members, on_edge, search_trials, varied, without_effect

COLUMNS = ["trials", "diverged", "best", "median", "worst", "sd_trials", "sd_seeds", "distinct", "edge"]
EDGE = "Chosen at the grid's edge"


def build(findings: Findings) -> Table:
    """One row a cell that searched."""
    findings = findings.part(SPECTRAN)
    trials = search_trials(findings)
    data = findings.placed(findings.labelled(_searches(findings, trials)))
    entries = []
    for row in data.to_dict("records"):
        texts = {
            "Trials": count(row["trials"]),
            "Diverged": count(row["diverged"]),
            "Best": fixed(row["best"]),
            "Median": fixed(row["median"]),
            "Worst": fixed(row["worst"]),
            "sd over trials": fixed(row["sd_trials"]),
            "sd over seeds": fixed(row["sd_seeds"]),
            EDGE: row["edge"] or "no",
        }
        head = (row["place"], row["method_label"])
        entries += [Entry(head, ("", name), text, link=f"{row['path']}/trials.parquet") for name, text in texts.items()]
    notes = tuple(_notes(findings, trials))
    return Table(
        tuple(entries) or nothing("Searches"), data[[*KEYS, *COLUMNS]], stub="Method", prose=(EDGE,), notes=notes
    )


def _searches(findings: Findings, trials: pd.DataFrame) -> pd.DataFrame:
    """KEYS and `COLUMNS`, one row a cell."""
    seeds = final_members(findings).groupby(KEYS)["value"].std()
    chosen = {tuple(row[key] for key in KEYS): row for row in findings.frames.choice.to_dict("records")}
    rows = [
        dict(zip(KEYS, key, strict=True))
        | {
            "trials": len(cell),
            "diverged": int(cell["diverged"].sum()),
            "best": cell["value"].max(),
            "median": cell["value"].median(),
            "worst": cell["value"].min(),
            "sd_trials": cell["value"].std(),
            "sd_seeds": seeds.get(key, float("nan")),
            "distinct": cell["curve"].nunique(),
            "edge": ", ".join(on_edge(cell, chosen[key])) if key in chosen else "",
        }
        for key, cell in trials.groupby(KEYS, sort=False)
    ]
    return pd.DataFrame(rows, columns=[*KEYS, *COLUMNS])


def _notes(findings: Findings, trials: pd.DataFrame) -> Iterator[str]:
    if trials.empty:
        yield "No cell searched: the grid has one point."
        return
    yield from _grids(findings, trials)
    labels = findings.frames.cells.drop_duplicates("method").set_index("method")["method_label"]
    for method, names in without_effect(trials).items():
        idle = " and ".join(LABELS[name] for name in names)
        own = trials[trials["method"] == method].groupby(KEYS)["curve"]
        distinct = sorted(own.nunique().unique())
        yield (
            f"{labels[method]}: {idle} changed nothing (equal curves to the last digit), so that "
            f"{_range(own.count().unique())} trials are {_range(distinct)} different ones."
        )
    yield (
        "Best, median, worst and the sd are of validation NDCG@20 in each trial's best epoch, of the trials that did "
        "not diverge; the sd over seeds is the same of the chosen point's final members."
    )
    yield (
        f"“{EDGE}” asks whether the best point may lie beyond the grid. Only what has at least three values in the "
        "grid is asked about, and 0 is no edge, for nothing lies below it."
    )


def _grids(findings: Findings, trials: pd.DataFrame) -> Iterator[str]:
    """Whether every method of a backbone had the same grid: said of all, or of those that differ."""
    for label, own in findings.labelled(trials).groupby("backbone_label", sort=False):
        grids: dict[str, list[str]] = {}
        for _, cell in own.groupby(KEYS, sort=False):
            methods = grids.setdefault(_grid(cell), [])
            if cell["method_label"].iloc[0] not in methods:
                methods.append(cell["method_label"].iloc[0])
        if len(grids) == 1:
            yield f"{label}: every method had the same grid, {next(iter(grids))}."
        else:
            each = "; ".join(f"{', '.join(methods)}: {grid}" for grid, methods in grids.items())
            yield f"{label}: the grids are not the same. {each}."


def _grid(cell: pd.DataFrame) -> str:
    axes = [
        f"{LABELS[name]} {{{', '.join(general(value) for value in sorted(cell[name].unique()))}}}"
        for name in varied(cell)
    ]
    return f"{' x '.join(axes) or 'one point'}, {len(cell)} trial{'' if len(cell) == 1 else 's'} a cell"


def _range(values: Any) -> str:
    smallest, largest = min(values), max(values)
    return str(smallest) if smallest == largest else f"{smallest} to {largest}"
