"""Check: rows that are printed twice."""

from itertools import combinations

import pandas as pd

from spectran.reporting.audit.check import Check
from spectran.reporting.audit.labels import listed, say
from spectran.reporting.audit.paper import TABLE4_BACKBONE, PaperTables
from spectran.reporting.printed import PRINTED_DIM

SAME, COPIED, CHANGED = "one experiment, same digits", "two experiments, same digits", "one experiment, other digits"


def duplicates(paper: PaperTables) -> Check:
    """Compare every row of four numbers of Tables 2 to 4 with every other of the same dataset."""
    pairs = row_pairs(paper)
    wrong = pairs[pairs["kind"] != SAME]
    expected = pairs[pairs["kind"] != COPIED]
    found = wrong.groupby(["kind", "row", "other_row"], sort=False)["dataset"].agg(list).reset_index()
    lines = [
        f"{pair['row']} {'is digit for digit' if pair['kind'] == COPIED else 'differs from'} {pair['other_row']} "
        f"({listed(pair['dataset'])})."
        for pair in found.to_dict("records")
    ]
    same = int((pairs["kind"] == SAME).sum())
    return Check(
        name="duplicates",
        title="Rows that are printed twice",
        done="Every row of four numbers of Tables 2, 3 and 4 against every other row of the same dataset. Two rows of "
        "one experiment (backbone, method and d alike; Table 4 taken as SASRec) should be the same, two of different "
        "experiments should not. Agrees if neither fails.",
        printed=f"{len(expected)} rows of an experiment that is printed twice",
        recomputed=f"{same} of them the same; {int((pairs['kind'] == COPIED).sum())} pairs of rows of different "
        "experiments the same",
        outcome="agrees" if wrong.empty else "disagrees",
        evidence=tuple(lines) or ("Rows of one experiment are the same, and no others are.",),
        details=pd.concat([wrong, pairs[pairs["kind"] == SAME]], ignore_index=True),
        keys=("kind", "row", "other_row", "dataset"),
    )


def row_pairs(paper: PaperTables) -> pd.DataFrame:
    """Pairs of rows that are the same in print or ought to be.

    Returns:
        kind, row, other_row, dataset, numbers, other_numbers (the four values as text).
    """
    rows = _rows(paper)
    found = []
    for dataset, group in rows.groupby("dataset", sort=False):
        for a, b in combinations(group.to_dict("records"), 2):
            one, equal = a["experiment"] == b["experiment"], a["numbers"] == b["numbers"]
            if one or equal:
                kind = (SAME if equal else CHANGED) if one else COPIED
                found.append(
                    {
                        "kind": kind,
                        "row": b["name"],
                        "other_row": a["name"],
                        "dataset": say(dataset),
                        "numbers": b["numbers"],
                        "other_numbers": a["numbers"],
                    }
                )
    return pd.DataFrame(found, columns=["kind", "row", "other_row", "dataset", "numbers", "other_numbers"])


def _rows(paper: PaperTables) -> pd.DataFrame:
    """name, experiment, dataset, numbers of every row of Tables 2 to 4, in printed order."""
    tables = {
        "Table 2": paper.accuracy.assign(dim=PRINTED_DIM),
        "Table 3": paper.ablations.assign(dim=PRINTED_DIM),
        "Table 4": paper.dimensions.assign(backbone=TABLE4_BACKBONE),
    }
    parts = []
    for name, table in tables.items():
        keys = ["backbone", "method", "dim", "dataset"]
        numbers = table.assign(text=table["value"].map("{:.4f}".format)).groupby(keys, sort=False)["text"]
        rows = numbers.agg(" / ".join).rename("numbers").reset_index()
        rows["experiment"] = list(zip(rows["backbone"], rows["method"], rows["dim"], strict=True))
        place = rows["dim"].map("d = {}".format) if name == "Table 4" else rows["backbone"].map(say)
        rows["name"] = name + " " + place + " " + rows["method"].map(say)
        parts.append(rows)
    return pd.concat(parts, ignore_index=True)
