"""Check: the densities of Table 1."""

from spectran.reporting.audit.check import Check
from spectran.reporting.audit.labels import say
from spectran.reporting.audit.paper import PaperTables

#: Half of the last printed digit, and room for the binary form of a decimal.
HALF_DIGIT = 0.00005 + 1e-9


def density(paper: PaperTables) -> Check:
    """Interactions over users times items, in percent."""
    table = paper.statistics.assign(
        dataset=paper.statistics["dataset"].map(say),
        recomputed=100 * paper.statistics["interactions"] / (paper.statistics["users"] * paper.statistics["items"]),
    )
    table["agrees"] = (table["recomputed"] - table["density_percent"]).abs() <= HALF_DIGIT
    good = int(table["agrees"].sum())
    return Check(
        name="density",
        title="Densities of Table 1",
        done="Interactions over users times items, in percent, against the printed density. "
        "Agrees if every one is the same to the last printed digit.",
        printed=f"{len(table)} densities with four digits",
        recomputed=f"{good} of {len(table)} the same",
        outcome="agrees" if table["agrees"].all() else "disagrees",
        evidence=(f"{good} of {len(table)} densities follow from the printed counts.",),
        details=table.rename(columns={"density_percent": "printed"}),
        keys=("dataset",),
        formats={"printed": ".4f", "recomputed": ".5f"},
    )
