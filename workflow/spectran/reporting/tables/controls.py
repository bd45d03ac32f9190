"""Control rows: what needs no training, and trained rows that the paper lacks."""

from collections.abc import Iterator
from typing import Any

import pandas as pd

from spectran.config.base import Section
from spectran.reporting.accuracy_table import accuracy_entries, filled, how_measured
from spectran.reporting.findings import Findings
from spectran.reporting.limits import limit_notes
from spectran.reporting.render.table import Table
from spectran.reporting.significance import COLUMNS as TESTS
from spectran.reporting.significance import significance_note, with_significance

UNTRAINED = "Untrained"
UNTRAINED_NOTE = (
    "An untrained control ranks by its own score; nothing in it is random, so it has no spread. It is not tested for "
    "significance."
)
COLUMNS = ["dataset", "encoder", "backbone", "method", "dim", "method_label", "metric", "ours", "sd", "seeds"]


def build(findings: Findings) -> Table:
    """Rows: untrained controls, then trained ones by backbone; columns: datasets and metrics."""
    part = findings.part("controls")
    trained = with_significance(part, "controls", part.placed(part.accuracy(part.score), dataset=False))
    untrained = _untrained(findings)
    data = pd.concat([untrained, trained], ignore_index=True)
    entries = filled(accuracy_entries(data, within=("dataset", "metric")))
    notes = [how_measured(part), significance_note(part, "controls")] if len(trained) else []
    notes += [UNTRAINED_NOTE] if len(untrained) else []
    return Table(
        tuple(entries), data[[*COLUMNS, *TESTS]], stub="Control", notes=(*notes, *limit_notes(part), *_meanings(part))
    )


def _untrained(findings: Findings) -> pd.DataFrame:
    """The frame of the controls in the columns that trained cells have."""
    frame = findings.frames.controls
    labels = findings.frames.cells.drop_duplicates("dataset")[["dataset", "dataset_label"]]
    return findings.by_metric(
        frame.rename(columns={"control": "method", "control_label": "method_label", "value": "ours"})
        .merge(labels, on="dataset", how="left")
        .assign(
            place=UNTRAINED,
            path="controls/" + frame["dataset"] + "/" + frame["encoder"] + "/" + frame["control"],
            sd=float("nan"),
            sign="",
        )
    )


def _meanings(part: Findings) -> Iterator[str]:
    """What each control is: the first line of its options' description, and what is not as usual."""
    study = part.study
    for row in part.frames.controls.drop_duplicates("control").to_dict("records"):
        yield _meaning(row["control_label"], study.controls[row["control"]])
    cells = part.frames.cells
    for row in cells[~cells["method_row"].isin(part.printed.methods)].drop_duplicates("method").to_dict("records"):
        yield _meaning(row["method_label"], study.methods[row["method"]])


def _meaning(label: str, options: Section) -> str:
    said = (options.__doc__ or "").strip().splitlines()[0].rstrip(".")
    changed = ", ".join(f"{key}: {value}" for key, value in _changed(options).items())
    named = said if said.startswith(label) else f"{label}: {said}"
    return f"{named}{f'; here with {changed}' if changed else ''}."


def _changed(options: Section) -> dict[str, Any]:
    """Options that are not at their defaults, but for names."""
    return options.model_dump(mode="json", exclude={"label", "row", "kind"}, exclude_defaults=True)
