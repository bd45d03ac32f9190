"""Facts of the item graphs."""

from spectran.reporting.findings import Findings
from spectran.reporting.render.numbers import count, fixed
from spectran.reporting.render.table import Entry, Table, nothing

#: Head of each column that is shown, and digits.
SHOWN = {
    "items": ("Items", 0),
    "edges": ("Edges", 0),
    "isolated_items": ("Items without an edge", 0),
    "components": ("Components", 0),
    "mean_degree": ("Mean degree", 1),
    "lowest_eigenvalue_2": ("Second lowest eigenvalue", 4),
    "lowest_eigenvalue_10": ("Tenth lowest", 4),
    "largest_eigenvalue": ("Largest eigenvalue", 4),
}


def build(findings: Findings) -> Table:
    """One row a dataset."""
    data, labels = findings.frames.graphs, findings.dataset_labels
    entries = []
    for dataset, facts in data.groupby("dataset", sort=False):
        values = dict(zip(facts["fact"], facts["value"], strict=True))
        folder = f"spectra/{dataset}/graph/{findings.study.protocol.split_name}"
        for fact, (head, digits) in SHOWN.items():
            value = values.get(fact)
            text = count(value) if digits == 0 else fixed(value, digits)
            entries.append(Entry(("", labels[str(dataset)]), ("", head), text, link=f"{folder}/graph.json"))
    note = (
        "Items that the same user has are neighbours, weighted by the number of such users, in the train part alone. "
        "Eigenvalues are of L = I − S, S = D^(−1/2) W D^(−1/2) with W's diagonal kept, so they lie in 0 .. 1; the "
        "lowest, of which each component has one, is 0. A low second one says that the graph nearly falls apart. Items "
        "without an edge are left out of components and of the lowest eigenvalues."
    )
    return Table(tuple(entries) or nothing("Graphs"), data, stub="Dataset", notes=(note,))
