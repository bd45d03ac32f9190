"""What came out of FreLLM4Rec's part, for the first lines of the page."""

from collections.abc import Iterator

import pandas as pd

from spectran.reporting.findings import Findings, metric_label
from spectran.reporting.frames import KEYS
from spectran.reporting.frequency_cells import (
    FULL,
    SASREC,
    SPECTRAN_CELL,
    VANILLA,
    accuracy_of,
    first_of,
    metric_of,
    places,
)
from spectran.reporting.frequency_shares import retained
from spectran.reporting.outcome import Outcome
from spectran.reporting.render.numbers import fixed, percent

#: What FreLLM4Rec is put beside, and what the sentence calls it.
OTHERS = {VANILLA: "the language model without its filters", SASREC: "SASRec", SPECTRAN_CELL: "SpecTran"}


def frequency_outcomes(findings: Findings) -> list[Outcome]:
    """FreLLM4Rec beside the language model alone, SASRec and SpecTran, a sentence a dataset and language model."""
    metric = metric_of(findings)
    found = []
    for place, cells in places(accuracy_of(findings, metric)).items():
        cells = first_of(cells, FULL, *OTHERS).merge(retained(findings), on=KEYS, how="left")
        full = cells[cells["role"] == FULL]
        if len(full):
            sentence = " ".join([f"{_accuracy(cells, metric)}.", *_frequencies(cells)])
            found.append(Outcome(f"{place} · FreLLM4Rec", bool(full["synthetic"].iloc[0]), sentence))
    return found


def _accuracy(cells: pd.DataFrame, metric: str) -> str:
    by_role = cells.set_index("role")["ours"]
    beside = [f"{name} {fixed(by_role[role])}" for role, name in OTHERS.items() if role in by_role]
    return "; ".join([f"{metric_label(metric)} {fixed(by_role[FULL])}", *beside])


def _frequencies(cells: pd.DataFrame) -> Iterator[str]:
    """What the language model alone does to low frequencies, where that was looked at."""
    vanilla = cells[(cells["role"] == VANILLA) & cells["last"].notna()]
    for row in vanilla.to_dict("records"):
        first, last = (percent(100 * row[end], 0) for end in ("first", "last"))
        yield f"Without filters, low frequencies carry {first} before the first block and {last} behind the last."
