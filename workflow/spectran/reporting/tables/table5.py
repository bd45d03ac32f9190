"""Table 5: what each method costs, measured under one condition."""

from collections.abc import Iterator

import pandas as pd

from spectran.reporting.cost import costs
from spectran.reporting.findings import Findings
from spectran.reporting.frames import KEYS
from spectran.reporting.render.numbers import count, fixed
from spectran.reporting.render.table import Entry, Table


def build(findings: Findings) -> Table:
    """One row a cell, grouped by dataset and backbone."""
    data = findings.part("efficiency").placed(costs(findings))
    entries: list[Entry] = []
    for row in data.to_dict("records"):
        folder = row["path"]
        measured = f"{folder}/efficiency.json"
        head = (row["place"], row["method_label"])
        entries += [
            Entry(head, ("", "Trainable parameters"), count(row["trainable_parameters"]), link=measured),
            Entry(head, ("", "s an epoch"), fixed(row["epoch_seconds"], 3), link=measured),
            Entry(head, ("", "Epochs until the stop"), count(row["epochs"]), link=f"{folder}/trials.parquet"),
            Entry(head, ("", "Training, s"), fixed(row["training_seconds"], 1), link=measured),
            Entry(head, ("", "Inference, s"), fixed(row["inference_seconds"], 3), link=measured),
            Entry(head, ("", "Peak memory, MB"), fixed(row["peak_memory_mb"], 0), link=measured),
        ]
    columns = [*KEYS, "method_label", *findings.frames.efficiency.columns.drop(KEYS), "epochs", "training_seconds"]
    return Table(tuple(entries), data[columns], stub="Method", notes=tuple(_notes(findings, data)))


def _notes(findings: Findings, data: pd.DataFrame) -> Iterator[str]:
    part = findings.study.parts.efficiency
    if part is None:
        return
    devices = data[["device", "threads", "batch"]].drop_duplicates().to_dict("records")
    where = "; ".join(f"{d['device']}, torch threads: {d['threads']}, {d['batch']} users a step" for d in devices)
    yield (
        "The condition: one member at the chosen hyper-parameters, no other job beside it "
        f"({where}). An epoch: median of {part.epochs} after one that is not counted. Inference: ranking all items for "
        f"all users once, median of {part.repeats} likewise."
    )
    yield (
        "Peak memory is what training and ranking need beyond the program itself: resident memory on a CPU, torch's "
        "allocations on a GPU."
    )
    if len(findings.study.seeds) > 1:
        yield f"Epochs are those of the first seed, {findings.study.seeds[0]}."
