"""Ours beside the paper's printed numbers, with the deviation: one layout for every table of the paper."""

from collections.abc import Iterator, Mapping
from typing import Any

import pandas as pd

from spectran.reporting.findings import ABSENT, Findings
from spectran.reporting.printed import PRINTED_ENCODER
from spectran.reporting.render.numbers import NONE, fixed, signed
from spectran.reporting.render.table import Entry


def comparison_entries(data: pd.DataFrame) -> list[Entry]:
    """Ours, printed, difference and the same in percent; one row for a place with no printed number at all.

    Args:
        data: columns place and label (a row of the table), quantity (a group of its columns), digits, link (of our
            number), ours, printed (NaN if there is none), absolute and relative; verdict (or missing) where numbers
            are judged.
    """
    entries: list[Entry] = []
    for place, group in data.groupby("place", sort=False):
        if group["printed"].isna().all():
            entries += _nothing(str(place), list(data["quantity"].unique()), judged="verdict" in data.columns)
        else:
            entries += [entry for row in group.to_dict("records") for entry in _line(row)]
    return entries


def _line(row: Mapping[Any, Any]) -> Iterator[Entry]:
    head, group, digits = (row["place"], row["label"]), row["quantity"], row["digits"]
    absent = pd.isna(row["printed"])
    printed = ABSENT if absent else fixed(row["printed"], digits)
    yield Entry(head, (group, "ours"), fixed(row["ours"], digits), link=row["link"])
    yield Entry(head, (group, "printed"), printed, mark="absent" if absent else "")
    yield Entry(head, (group, "difference"), signed(row["absolute"], digits))
    yield Entry(head, (group, "in %"), signed(row["relative"], 1))
    if "verdict" in row:
        yield Entry(head, (group, "verdict"), NONE if pd.isna(row["verdict"]) else row["verdict"])


def _nothing(place: str, quantities: list[str], *, judged: bool) -> Iterator[Entry]:
    for quantity in quantities:
        for column in ("ours", "printed", "difference", "in %", *(["verdict"] if judged else [])):
            absent = column == "printed"
            text = ABSENT if absent else NONE
            yield Entry((place, "all rows"), (quantity, column), text, mark="absent" if absent else "")


def caution(findings: Findings) -> str:
    """Why ours and the printed numbers differ from the start; nothing where the encoder is the paper's."""
    if findings.study.encoder.model == PRINTED_ENCODER:
        return ""
    return (
        "The printed numbers were made with LLaMA3-8B and tuned; this study encodes titles with "
        f"{findings.study.encoder.model}. A difference says how far the two set-ups are apart, not whether the paper's "
        "numbers can be reproduced."
    )


def comparison_notes(findings: Findings, data: pd.DataFrame) -> Iterator[str]:
    """What a reader of such a table has to know.

    Args:
        findings: of the part of the study that the table shows.
        data: columns printed and synthetic.
    """
    if data["printed"].notna().any():
        if caution(findings):
            yield caution(findings)
        tried = findings.frames.choice["trials"].max()
        if pd.notna(tried):  # every cell may have failed
            points = f"{tried} point{'s' if tried > 1 else ''}"
            yield (
                f"Tuning here: {points} of the grid a cell; the paper searched 24 points (weight decay x dropout) a "
                "method and names no seed and no spread."
            )
    if data["synthetic"].any():
        yield "Synthetic data has no printed number: its figures say nothing about the paper."
