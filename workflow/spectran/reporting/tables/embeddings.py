"""Diagnostics of the frozen text embeddings."""

from spectran.reporting.catalogue.parts import first_paper_shown
from spectran.reporting.diagnostics import definitions
from spectran.reporting.findings import Findings
from spectran.reporting.measures import MEASURES
from spectran.reporting.render.numbers import count, fixed
from spectran.reporting.render.table import Entry, Table

FORMS = {"raw": "as they are", "centred": "column means removed"}


def build(findings: Findings) -> Table:
    """One row a form, grouped by dataset."""
    labels = findings.frames.cells.drop_duplicates("dataset").set_index("dataset")["dataset_label"]
    data = findings.frames.embeddings
    entries = []
    for row in data.to_dict("records"):
        head = (labels[row["dataset"]], FORMS[row["form"]])
        link = f"spectra/{row['dataset']}/{row['encoder']}/diagnostics.json"
        label, digits = ("Numerical rank", 0) if row["measure"] == "rank" else MEASURES[row["measure"]][:2]
        text = count(row["value"]) if row["measure"] == "rank" else fixed(row["value"], digits)
        entries.append(Entry(head, ("", label), text, link=link))
    return Table(tuple(entries), data, stub="Form", notes=_notes(findings))


def _notes(findings: Findings) -> tuple[str, ...]:
    """Definitions stand on the page once."""
    if first_paper_shown(findings.study):
        return ("The diagnostics are defined under “Collapse of the semantic table”.",)
    return tuple(definitions())
