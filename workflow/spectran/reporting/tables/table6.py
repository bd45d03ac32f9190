"""Table 6: SpecTran's weights on principal and subordinate components."""

from collections.abc import Mapping
from typing import Any

from spectran.reporting.component_shares import component_shares
from spectran.reporting.findings import Findings
from spectran.reporting.frames import KEYS
from spectran.reporting.render.numbers import fixed, percent
from spectran.reporting.render.table import Entry, Table

MOMENTS = {"init": "At the start", "trained": "Trained"}


def build(findings: Findings) -> Table:
    """Two rows a cell; columns: the weights at the start and after training."""
    part = findings.part("case_study")
    data = part.placed(component_shares(findings))
    entries = []
    for row in data.to_dict("records"):
        head = (case_place(row, part), row["weights"].capitalize())
        group, link = MOMENTS[row["moment"]], f"{row['path']}/weights.parquet"
        entries += [
            Entry(head, (group, "weight"), fixed(row["weight"], 2), link=link),
            Entry(head, (group, "a component"), fixed(row["per_component"], 3), link=link),
            Entry(head, (group, "share"), percent(row["share_percent"]), link=link),
        ]
    columns = [*KEYS, "method_label", "moment", "weights", "weight", "per_component", "share_percent"]
    return Table(tuple(entries), data[columns], stub="Weights", notes=_notes(part))


def case_place(row: Mapping[Any, Any], part: Findings) -> str:
    """The place, and the method where the case study has several."""
    several = part.frames.cells["method"].nunique() > 1
    return f"{row['place']} · {row['method_label']}" if several else str(row["place"])


def _notes(part: Findings) -> tuple[str, ...]:
    counts = part.labelled(part.frames.weights).drop_duplicates(["dataset", "dim"])
    found = [
        f"{row['dataset_label']}, d = {row['dim']}: {row['dim']} principal and {row['components']} subordinate"
        for row in counts.to_dict("records")
    ]
    return (f"Components: {'; '.join(found)}.",) if found else ()
