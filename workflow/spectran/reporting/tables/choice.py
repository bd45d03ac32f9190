"""The chosen point of the grid in every cell."""

from spectran.reporting.findings import Findings
from spectran.reporting.frames import KEYS
from spectran.reporting.limits import limit_text
from spectran.reporting.render.numbers import count, fixed, general
from spectran.reporting.render.table import Entry, Table


def build(findings: Findings) -> Table:
    """One row a cell."""
    data = findings.placed(findings.labelled(findings.frames.choice))
    masks = bool((data["mask_ratio"] > 0).any())
    entries = []
    for row in data.to_dict("records"):
        texts = {
            "Weight decay": general(row["weight_decay"]),
            "Dropout": general(row["dropout"]),
            "ID scale": general(row["id_scale"]),
            "Learning rate": general(row["learning_rate"]),
            **({"Mask ratio": general(row["mask_ratio"] or None)} if masks else {}),
            "Points tried": count(row["trials"]),
            "Validation NDCG@20": fixed(row["validation"]),
            "Best epoch": row["best_epoch"] + (f"; {limit_text(findings, row['backbone'])}" if row["at_limit"] else ""),
        }
        head = (row["place"], row["method_label"])
        entries += [
            Entry(head, ("", column), text, link=f"{row['path']}/training.json") for column, text in texts.items()
        ]
    return Table(
        tuple(entries),
        data[[*KEYS, *findings.frames.choice.columns.difference(KEYS, sort=False)]],
        stub="Method",
        prose=("Best epoch",),
    )
