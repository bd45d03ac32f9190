"""Tables 2 to 4 beside the printed numbers: one builder for the three."""

from spectran.reporting.accuracy_table import COLUMNS
from spectran.reporting.comparison import comparison_entries, comparison_notes
from spectran.reporting.findings import Findings, metric_label
from spectran.reporting.printed import PRINTED_DIM
from spectran.reporting.render.table import Table
from spectran.reporting.reproduction import COLUMNS as JUDGED
from spectran.reporting.reproduction import verdict_note, with_verdicts


def accuracy_comparison(findings: Findings, *notes: str) -> Table:
    """One row a method, grouped by dataset, backbone and dimension.

    Args:
        findings: of one part of the study.
        notes: what is to be said of this table beside what holds for all of them.
    """
    data = with_verdicts(findings, findings.placed(findings.accuracy(findings.score, failed=True)))
    judged = [verdict_note(findings)] if data["verdict"].notna().any() else []
    shown = data.assign(
        label=data["method_label"],
        quantity=data["metric"].map(metric_label),
        digits=4,
        link=(data["path"] + "/ranks.parquet").where(data["ours"].notna(), ""),
    )
    return Table(
        tuple(comparison_entries(shown)),
        data[[*COLUMNS, *JUDGED]],
        stub="Method",
        prose=("verdict",),
        notes=(*comparison_notes(findings, data), *judged, *notes),
    )


def dimension_notes(findings: Findings) -> tuple[str, ...]:
    """A line where cells have another dimension than the paper's Tables 2 and 3."""
    if (findings.frames.cells["dim"] == PRINTED_DIM).all():
        return ()
    note = (
        f"The paper's Tables 2 and 3 are for d = {PRINTED_DIM}; other dimensions are printed in Table 4 only, for "
        "Base, RLMRec, AlphaFuse and SpecTran on Toy and Beauty."
    )
    return (note,)
