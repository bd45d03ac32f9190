"""Ours beside the paper's printed numbers, with the deviation."""

from collections.abc import Iterator, Mapping
from typing import Any

import pandas as pd

from spectran.reporting.findings import ABSENT, Findings, metric_label
from spectran.reporting.printed import PRINTED_DIM, PRINTED_ENCODER
from spectran.reporting.render.numbers import NONE, fixed, signed
from spectran.reporting.render.table import Entry, Table
from spectran.reporting.tables.table2 import COLUMNS


def build(findings: Findings) -> Table:
    """One row a method, grouped by dataset and backbone; one row for a group with no printed number."""
    data = findings.accuracy(findings.score)
    data["place"] = [findings.place_of(row) for _, row in data.iterrows()]
    entries: list[Entry] = []
    for place, group in data.groupby("place", sort=False):
        if group["printed"].isna().all():
            entries += _nothing(str(place), findings)
        else:
            entries += [entry for row in group.to_dict("records") for entry in _line(row)]
    return Table(tuple(entries), data[COLUMNS], stub="Method", notes=tuple(_notes(findings, data)))


def _line(row: Mapping[Any, Any]) -> Iterator[Entry]:
    head, group = (row["place"], row["method_label"]), metric_label(row["metric"])
    absent = pd.isna(row["printed"])
    yield Entry(head, (group, "ours"), fixed(row["ours"]), link=f"{row['path']}/ranks.parquet")
    yield Entry(head, (group, "printed"), ABSENT if absent else fixed(row["printed"]), mark="absent" if absent else "")
    yield Entry(head, (group, "difference"), signed(row["absolute"]))
    yield Entry(head, (group, "in %"), signed(row["relative"], 1))


def _nothing(place: str, findings: Findings) -> Iterator[Entry]:
    for metric in findings.metric_names:
        for column in ("ours", "printed", "difference", "in %"):
            absent = column == "printed"
            yield Entry(
                (place, "every method"),
                (metric_label(metric), column),
                ABSENT if absent else NONE,
                mark="absent" if absent else "",
            )


def caution(findings: Findings) -> str:
    """Why ours and the printed numbers differ from the start."""
    return (
        "The printed numbers were made with LLaMA3-8B and tuned; this study encodes titles with "
        f"{findings.study.encoder.model}. A difference says how far the two set-ups are apart, not whether the paper's "
        "numbers can be reproduced."
    )


def _notes(findings: Findings, data: pd.DataFrame) -> Iterator[str]:
    study = findings.study
    if data["printed"].notna().any():
        if study.encoder.model != PRINTED_ENCODER:
            yield caution(findings)
        tried = findings.frames.choice["trials"].max()
        yield (
            f"Tuning here: {tried} point{'s' if tried > 1 else ''} of the grid a cell; the paper searched 24 points "
            "(weight decay x dropout) a method and names no seed and no spread."
        )
    if data["synthetic"].any():
        yield "Synthetic data has no printed number: its figures say nothing about the paper."
    if any(dim != PRINTED_DIM for dim in study.dimensions):
        yield f"The paper's Tables 2 and 3 are for d = {PRINTED_DIM}; other dimensions have no printed number here."
