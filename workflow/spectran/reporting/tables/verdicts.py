"""How many of the printed numbers are reproduced, by table, dataset and backbone."""

from spectran.reporting.findings import ABSENT, Findings
from spectran.reporting.render.numbers import NONE, count, fixed, signed
from spectran.reporting.render.table import Entry, Table
from spectran.reporting.reproduction import MISSING, VERDICTS, verdict_counts, verdict_note

COLUMNS = ("Printed numbers", *VERDICTS, MISSING, "mean deviation, %", "without signs, %")


def build(findings: Findings) -> Table:
    """One row a dataset and backbone, grouped by the paper's tables; a row with no printed number says so."""
    data = verdict_counts(findings)
    entries: list[Entry] = []
    for row in data.to_dict("records"):
        head = (row["table"], f"{row['dataset_label']} · {row['backbone_label']}")
        if row["printed"]:
            numbers = [count(row[name]) for name in ("printed", *VERDICTS, MISSING)]
            texts = [*numbers, signed(row["mean_relative"], 1), fixed(row["mean_size"], 1)]
        else:
            texts = [ABSENT, *[NONE] * (len(COLUMNS) - 1)]
        entries += [
            Entry(head, ("", column), text, mark="absent" if text == ABSENT else "")
            for column, text in zip(COLUMNS, texts, strict=True)
        ]
    twice = (
        "Tables 2 and 3 both show Base and SpecTran, Tables 2 and 4 both d = 128: a number counts in each. Missing: a "
        "cell that was to be run and has no result."
    )
    notes = (verdict_note(findings), twice) if data["printed"].any() else ()
    return Table(tuple(entries), data, stub="Dataset · backbone", notes=notes)
