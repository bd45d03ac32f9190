"""Check: the parameter counts of Table 5 against this workflow's."""

from collections.abc import Iterator
from typing import Any, get_args

import pandas as pd

from spectran.config.backbones import SASRec
from spectran.config.methods import Base, Method, MethodOptions, SpecTran
from spectran.models.counting import trainable_parameters
from spectran.reporting.audit.check import Check, Outcome
from spectran.reporting.audit.labels import listed
from spectran.reporting.audit.paper import TEXT_DIM, PaperTables
from spectran.reporting.printed import PRINTED_DIM

#: Table 5 is for this dataset.
DATASET = "toys"
#: Key width with which SpecTran meets the printed count at full rank.
FITTING_KEY_DIM = 120
NO_CLASS = "no method of this workflow"


def parameters(paper: PaperTables) -> Check:
    """Trainable parameters on Toys, d 128, l 4096, full rank, SASRec: the defaults of every method of Table 5."""
    n_items = int(paper.statistics.loc[paper.statistics["dataset"] == DATASET, "items"].item())
    table = pd.DataFrame([_row(name, printed, options, n_items) for name, printed, options in _methods(paper)])
    defaults = table[~table["method"].str.contains("key_dim")]
    absent = defaults[defaults["ours"].isna()]["method"].tolist()
    off = defaults[defaults["agreement"].str.startswith("differs")]["method"].tolist()
    good = len(defaults) - len(absent) - len(off)
    fitting = table.iloc[-1]
    outcome: Outcome = "disagrees" if off else "cannot be said" if absent else "agrees"
    lines = [f"The printed digits are met by {good} of {len(defaults)} rows."]
    if off:
        lines.append(f"Not met: {listed(off)}.")
    if absent:
        lines.append(f"Not compared, for this workflow has no such method: {listed(absent)}.")
    lines += [
        (
            f"SpecTran with key_dim {FITTING_KEY_DIM} instead of d comes to {fitting['ours']:,.0f} "
            f"({fitting['agreement']}); a numerical rank below {TEXT_DIM:,} would do the same."
        ),
        (
            "The paper gives neither the width of the keys nor that of the adapters, so a difference says that our "
            "reading of the architecture is not theirs, not that a sum is wrong."
        ),
    ]
    return Check(
        name="parameters",
        title="Parameter counts of Table 5",
        done=f"Trainable parameters of our methods at their defaults on SASRec with {n_items:,} items, d = "
        f"{PRINTED_DIM} and embeddings of {TEXT_DIM:,} columns and full rank. Agrees if every one, rounded or "
        "truncated to two digits of a million, is the printed one.",
        printed="millions: "
        + ", ".join(f"{row['method']}\u00a0{row['printed_millions']:.2f}" for row in defaults.to_dict("records")),
        recomputed="millions: "
        + ", ".join(f"{row['method']}\u00a0{row['ours'] / 1e6:.3f}" for row in defaults.dropna().to_dict("records")),
        outcome=outcome,
        evidence=tuple(lines),
        details=table,
        keys=("method",),
        formats={"printed_millions": ".2f", "ours": ",.0f", "difference_millions": "+.3f"},
    )


def default_options() -> dict[str, MethodOptions]:
    """The options of each method at their defaults, by the name of its row."""
    made = [options() for options in get_args(get_args(Method)[0])]
    return {options.row: options for options in made}


def _methods(paper: PaperTables) -> Iterator[tuple[str, float, MethodOptions | None]]:
    """Name, printed millions and options of each row; the backbone's own row is Base. Last, SpecTran as it fits."""
    printed = paper.cost.set_index("method")["trainable_parameters_millions"]
    defaults = default_options() | {SASRec().label: Base()}
    for name, value in printed.items():
        yield str(name), float(value), defaults.get(str(name))
    fitting = SpecTran(key_dim=FITTING_KEY_DIM)
    yield f"SpecTran, key_dim {FITTING_KEY_DIM}", float(printed["SpecTran"]), fitting


def _row(name: str, printed: float, options: Any, n_items: int) -> dict[str, object]:
    if options is None:
        ours = difference = float("nan")
        agreement = NO_CLASS
    else:
        ours = trainable_parameters(
            SASRec(), options, n_items=n_items, dim=PRINTED_DIM, text_dim=TEXT_DIM, rank=TEXT_DIM
        )
        difference = ours / 1e6 - printed
        agreement = _agreement(ours, printed)
    return {
        "method": name,
        "printed_millions": printed,
        "ours": ours,
        "difference_millions": difference,
        "agreement": agreement,
    }


def _agreement(ours: int, printed: float) -> str:
    hundredths = round(100 * printed)
    if (ours + 5_000) // 10_000 == hundredths:
        return "the same, rounded"
    if ours // 10_000 == hundredths:
        return "the same, truncated"
    return "differs"
