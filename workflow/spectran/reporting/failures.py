"""Nothing silently missing: cells that failed or are not there, and trials that diverged."""

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from spectran.config.cells import Cell, expand, variant_cells
from spectran.config.control_cells import expand_controls
from spectran.reporting.findings import Findings
from spectran.reporting.frames import KEYS
from spectran.reporting.trials import final_members, search_trials

#: Columns of the ledger beside KEYS and variant.
REASONS = ["rule", "kind", "reason"]
UNKNOWN = "no record: neither a result nor a failure is there"


def ledger(findings: Findings) -> pd.DataFrame:
    """Every recorded failure, and every cell or untrained control that is missing without one.

    Returns:
        Columns KEYS, variant ("" as the study), rule, kind and reason, place and method_label for the eye. An untrained
        control stands as a method, with backbone "" and d 0.
    """
    study, recorded = findings.study, findings.frames.failures[[*KEYS, "variant", *REASONS]]
    known = _cells(recorded, ["variant"])
    unknown = [
        {key: getattr(cell, key) for key in [*KEYS, "variant"]} | {"rule": "", "kind": "", "reason": UNKNOWN}
        for cell in _missing(findings)
        if cell not in known
    ]
    rows = pd.concat([recorded, pd.DataFrame(unknown)], ignore_index=True) if unknown else recorded
    records = rows.to_dict("records")
    return rows.assign(
        place=[_place(findings, row) for row in records],
        method_label=[(study.methods if row["backbone"] else study.controls)[row["method"]].label for row in records],
    )


def failed_cells(findings: Findings) -> int:
    """How many cells, those of variants and untrained controls included, have a failed job or no result."""
    return len(ledger(findings).drop_duplicates([*KEYS, "variant"]))


def summary(findings: Findings) -> str:
    """How many cells failed, and how many trials diverged, in a sentence."""
    asked, failed = _asked_for(findings), failed_cells(findings)
    kinds = {
        "as the study": sum(not cell.variant and bool(cell.backbone) for cell in asked),
        "under variants of the protocol": sum(bool(cell.variant) for cell in asked),
        "of untrained controls": sum(not cell.backbone for cell in asked),
    }
    counted = ", ".join(f"{number} {kind}" for kind, number in kinds.items() if number)
    said = f"{failed} of {len(asked)} cells failed" if failed else "No cell failed"
    members = {"trials of the search": search_trials(findings), "final members": final_members(findings)}
    counts = [f"{int(own['diverged'].sum())} of {len(own)} {noun}" for noun, own in members.items() if len(own)]
    diverged = f"; {' and '.join(counts)} diverged" if counts else ""
    return f"{said} ({counted}){diverged}."


def _asked_for(findings: Findings) -> list[Cell]:
    study = findings.study
    controls = [Cell(cell.dataset, cell.encoder, "", cell.control, 0) for cell in expand_controls(study)]
    return [*expand(study), *variant_cells(study), *controls]


def _missing(findings: Findings) -> list[Cell]:
    """What the report has no metric of, in the order of the study."""
    frames = findings.frames
    controls = frames.controls.rename(columns={"control": "method"}).assign(backbone="", dim=0)
    varied = frames.sensitivity[frames.sensitivity["variant"] != ""]
    found = _cells(frames.metrics) | _cells(varied, ["variant"]) | _cells(controls)
    return [cell for cell in _asked_for(findings) if cell not in found]


def _cells(frame: pd.DataFrame, further: Sequence[str] = ()) -> set[Cell]:
    return {Cell(*row) for row in frame[[*KEYS, *further]].drop_duplicates().itertuples(index=False, name=None)}


def _place(findings: Findings, row: Mapping[Any, Any]) -> str:
    """Where a cell belongs."""
    study, part = findings.study, findings.study.parts.sensitivity
    parts = [study.datasets[row["dataset"]].label]
    if row["backbone"]:
        parts += [study.backbones[row["backbone"]].label, f"d = {row['dim']}"]
    if part and row["variant"]:
        parts.append(part.variants[row["variant"]].label)
    return " · ".join(parts)
