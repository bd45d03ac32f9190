"""Spectra and collapse diagnostics of one table a cell, averaged over the seeds."""

import pandas as pd

from spectran.reporting.findings import Findings
from spectran.reporting.frames import KEYS
from spectran.reporting.measures import MEASURES
from spectran.reporting.render.numbers import fixed
from spectran.reporting.render.table import Entry, Table


def one_table(frame: pd.DataFrame, table: str) -> pd.DataFrame:
    """The rows of `table` ('semantic' or 'item'); a cell without it gives its item table.

    Args:
        frame: columns `KEYS` and table, and any others.
        table: which table is wanted.
    """
    has = frame[frame["table"] == table][KEYS].drop_duplicates()
    known = frame.merge(has.assign(wanted=True), on=KEYS, how="left")
    wanted = known["wanted"].eq(True)  # NaN where the cell has no such table
    return frame[((frame["table"] == table) & wanted.to_numpy()) | ((frame["table"] == "item") & ~wanted.to_numpy())]


def diagnostics(findings: Findings, table: str) -> Table:
    """Every measure at initialisation and after training, a row a cell."""
    frame = findings.labelled(one_table(findings.frames.collapse, table))
    keys = [*KEYS, "path", "dataset_label", "backbone_label", "method_label", "table", "measure", "moment"]
    data = frame.groupby(keys, sort=False)["value"].mean().reset_index()
    entries = []
    order = {name: number for number, name in enumerate((*MEASURES, "init", "trained"))}
    shown = data[data["measure"].isin(MEASURES)]
    shown = shown.sort_values(["measure", "moment"], key=lambda column: column.map(order), kind="stable")
    for row in findings.placed(shown).to_dict("records"):
        label, digits, _ = MEASURES[row["measure"]]
        stand_in = " (item table)" if row["table"] != table else ""
        entries.append(
            Entry(
                (row["place"], f"{row['method_label']}{stand_in}"),
                (label, str(row["moment"])),
                fixed(row["value"], digits),
                link=f"{row['path']}/spectrum.parquet",
            )
        )
    return Table(tuple(entries), data.drop(columns="path"), stub="Method")


def definitions() -> tuple[str, ...]:
    """A line for each diagnostic."""
    return tuple(f"{label}: {meaning}." for label, _, meaning in MEASURES.values())
