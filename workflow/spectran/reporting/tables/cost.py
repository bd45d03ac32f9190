"""What every cell took."""

from spectran.reporting.findings import Findings
from spectran.reporting.frames import KEYS
from spectran.reporting.render.numbers import count, fixed
from spectran.reporting.render.table import Entry, Table


def build(findings: Findings) -> Table:
    """One row a cell. Times are comparable on one machine and one setting only, which the note says."""
    data = findings.placed(findings.labelled(findings.frames.cost))
    entries = []
    for row in data.to_dict("records"):
        texts = {
            "Trainable parameters": count(row["trainable_parameters"]),
            "Training, s": fixed(row["training_seconds"], 1),
            "Inference, s": fixed(row["inference_seconds"], 2),
            "Epochs of all members": count(row["member_epochs"]),
            "s an epoch": fixed(row["training_seconds"] / max(row["member_epochs"], 1), 3),
            "Peak memory, MB": fixed(row["peak_memory_mb"], 0),
            "Device": row["device"],
            "Threads": count(row["threads"]),
            "Pack": str(row["pack"]),
        }
        head = (row["place"], row["method_label"])
        entries += [
            Entry(head, ("", column), text, link=f"{row['path']}/training.json") for column, text in texts.items()
        ]
    note = "Times depend on the machine and on what ran beside the job; they compare methods roughly, not finely."
    columns = [*KEYS, *findings.frames.cost.columns.difference(KEYS, sort=False)]
    return Table(tuple(entries), data[columns], stub="Method", prose=("Device",), notes=(note,))
