"""The counts of every round of the filter."""

from spectran.reporting.findings import Findings
from spectran.reporting.render.numbers import count
from spectran.reporting.render.table import Entry, Table


def build(findings: Findings) -> Table:
    """One row a step, grouped by dataset."""
    labels = findings.frames.cells.drop_duplicates("dataset").set_index("dataset")["dataset_label"]
    data = findings.frames.rounds.sort_values("round", kind="stable")
    entries = [
        Entry((label, f"{row['round']}. {row['step']}"), ("", column.capitalize()), count(row[column]))
        for dataset, label in labels.items()
        for row in data[data["dataset"] == dataset].to_dict("records")
        for column in ("users", "items", "interactions")
    ]
    return Table(tuple(entries), findings.frames.rounds, stub="Step")
