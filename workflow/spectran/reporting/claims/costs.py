"""Claims about cost (Table 5)."""

from collections.abc import Collection, Hashable
from typing import Any

import pandas as pd

from spectran.reporting.adapters import ADAPTERS
from spectran.reporting.claims.verdict import Outcome, Verdict, listed
from spectran.reporting.cost import costs
from spectran.reporting.findings import Findings
from spectran.reporting.gains import FULL
from spectran.reporting.render.numbers import count, fixed, percent

#: Two times this close, in percent, count as equal: the same job timed twice differs by some.
CLOSE = 5.0
#: What is compared: name, digits, and the margin in percent within which two count as equal.
QUANTITIES = {
    "trainable_parameters": ("parameters", 0, 0.0),
    "training_seconds": ("training seconds", 2, CLOSE),
    "inference_seconds": ("inference seconds", 3, CLOSE),
}
PLACE = ["dataset", "encoder", "backbone", "dim"]


def cheaper_than_adapters(findings: Findings) -> Verdict:
    """Fewer parameters and less time in training and inference than every adapter, in every place."""
    claim = (
        "cheaper_than_adapters",
        "SpecTran costs less than the adapters: parameters, training and inference time.",
        "SpecTran, Table 5 and its text",
    )
    return _judged(findings, claim, tuple(ADAPTERS), cheaper=True)


def dearer_than_backbone(findings: Findings) -> Verdict:
    """More parameters and more time than the bare backbone, in every place."""
    claim = (
        "dearer_than_backbone",
        "SpecTran costs more than the bare backbone.",
        "SpecTran, Table 5 and its text",
    )
    return _judged(findings, claim, ("Base",), cheaper=False)


def _judged(findings: Findings, claim: tuple[str, str, str], others: Collection[str], *, cheaper: bool) -> Verdict:
    table = costs(findings)
    numbers = list(QUANTITIES)
    full = table[table["method_row"] == FULL][[*PLACE, *numbers]]
    both = table[table["method_row"].isin(others)].merge(full, on=PLACE, suffixes=("", "_full"))
    if both.empty:
        return Verdict(*claim, "undecided", f"Measured costs of SpecTran and of {' or '.join(others)} are needed.")
    lines, signs = [], []
    for quantity, (name, digits, margin) in QUANTITIES.items():
        ours, theirs = both[f"{quantity}_full"], both[quantity]
        lead = 100 * (theirs / ours - 1) if cheaper else 100 * (ours / theirs - 1)
        sign = (lead > margin).astype(int) - (lead < -margin).astype(int)
        signs += sign.tolist()
        values = [
            f"{label} {_span(group, digits)}" for label, group in both.groupby("method_label", sort=False)[quantity]
        ]
        ahead = f"{'less' if cheaper else 'more'} in {int((sign > 0).sum())} of {len(sign)}"
        lines.append(f"{name} {_span(ours, digits)}, {', '.join(values)} ({ahead})")
    outcome: Outcome = "fails" if min(signs) < 0 else "holds" if min(signs) > 0 else "undecided"
    evidence = f"SpecTran first: {'; '.join(lines)}. Times closer than {percent(CLOSE, 0)} count as equal."
    where = listed([f"{row['device']} (torch threads: {row['threads']})" for row in _devices(both)])
    return Verdict(*claim, outcome, f"{evidence} Measured on {where}; training time depends on when training stopped.")


def _span(values: "pd.Series[float]", digits: int) -> str:
    """One number, or the smallest and the largest."""
    ends = [count(end) if digits == 0 else fixed(end, digits) for end in (values.min(), values.max())]
    return " to ".join(dict.fromkeys(ends))


def _devices(table: pd.DataFrame) -> list[dict[Hashable, Any]]:
    return table[["device", "threads"]].drop_duplicates().to_dict("records")
