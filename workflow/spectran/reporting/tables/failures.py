"""The ledger of what failed, and why."""

from spectran.reporting.failures import REASONS, ledger, summary
from spectran.reporting.findings import Findings
from spectran.reporting.frames import KEYS
from spectran.reporting.render.numbers import NONE
from spectran.reporting.render.table import Entry, Table, nothing

HEADS = {"rule": "Job", "kind": "Kind", "reason": "Reason"}


def build(findings: Findings) -> Table:
    """One row a cell and job that failed, grouped by place."""
    data = ledger(findings)
    entries = [
        Entry((row["place"], row["method_label"]), ("", head), row[name] or NONE)
        for row in data.to_dict("records")
        for name, head in HEADS.items()
    ]
    return Table(
        tuple(entries) or nothing("Failed cells"),
        data[[*KEYS, "variant", *REASONS]],
        stub="Method",
        prose=tuple(HEADS.values()),
        notes=(summary(findings),),
    )
