"""What a table says of the cells that failed: a dash where their numbers would stand, and a note."""

from dataclasses import replace

import pandas as pd

from spectran.reporting.accuracy_table import filled
from spectran.reporting.claims.verdict import sample
from spectran.reporting.failures import ledger
from spectran.reporting.findings import Findings
from spectran.reporting.frames import KEYS
from spectran.reporting.render.table import Table, nothing

#: Jobs that one part of the study alone has: what they would have given stands in that part's tables only.
OWN = {"training_efficiency": "efficiency", "spectra_weights": "case_study", "spectra_attenuation": "frellm4rec"}


def with_failures(table: Table, findings: Findings, part: str) -> Table:
    """The table with dashes and a note, if any cell behind it failed; with a row that says so, if it has none.

    Args:
        table: as built from what is left.
        findings: of the whole study.
        part: of the study, which the table shows; "" for all of it.
    """
    entries = table.entries or nothing("Numbers")
    failed = _failed(findings, part) if part or set(KEYS) <= set(table.data.columns) else pd.DataFrame()
    if failed.empty:
        return replace(table, entries=entries)
    rows = failed.to_dict("records")
    names = [f"{row['place']} · {row['method_label']} ({row['rule'] or 'no record'})" for row in rows]
    note = f"Failed, so without numbers here: {sample(names)}. The ledger of failures has the reasons."
    return replace(table, entries=tuple(filled(entries)), notes=(*table.notes, note))


def _failed(findings: Findings, part: str) -> pd.DataFrame:
    """The rows of the ledger that a table of this part lacks."""
    rows = ledger(findings)
    rows = rows[rows["rule"].map(OWN).fillna(part).eq(part)]
    if part != "sensitivity":
        rows = rows[rows["variant"] == ""]
    if not part:
        return rows[rows["backbone"] != ""]
    cells = findings.part(part).frames.cells[KEYS]
    inside = rows.merge(cells, on=KEYS)
    controls = rows[(rows["backbone"] == "") & (part == "controls")]
    return pd.concat([controls, inside], ignore_index=True)
