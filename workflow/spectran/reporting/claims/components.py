"""Claims about principal and subordinate components (Table 6)."""

from spectran.reporting.claims.verdict import Verdict, sample
from spectran.reporting.component_shares import KINDS, component_shares
from spectran.reporting.findings import Findings
from spectran.reporting.frames import KEYS
from spectran.reporting.render.numbers import fixed

NEEDED = "SpecTran's case study, with more components than dimensions, is needed."


def principal_below_subordinate(findings: Findings) -> Verdict:
    """In every cell, the trained principal weight is below the sum of the subordinate ones."""
    claim = (
        "principal_below_subordinate",
        "The weight of the principal component is lower than that of all subordinate ones together.",
        "SpecTran, Table 6 and its text",
    )
    return _judged(findings, claim, "weight", principal_lower=True)


def principal_above_each_subordinate(findings: Findings) -> Verdict:
    """In every cell, the trained principal weight is above the mean weight of one subordinate component."""
    claim = (
        "principal_above_each_subordinate",
        "Component by component it is the other way round: a principal weight is larger than a subordinate one.",
        "this workflow, from the sizes in Table 6; the paper does not say it",
    )
    return _judged(findings, claim, "per_component", principal_lower=False)


def _judged(findings: Findings, claim: tuple[str, str, str], column: str, *, principal_lower: bool) -> Verdict:
    part = findings.part("case_study")
    shares = component_shares(findings)
    trained = shares[shares["moment"] == "trained"]
    # Where there is no subordinate component, there is nothing to compare.
    trained = trained[trained.groupby(KEYS)["per_component"].transform("count") == len(KINDS)]
    principal, subordinate = (
        trained.loc[trained["weights"] == kind, [*KEYS, column]].rename(columns={column: kind}) for kind in KINDS
    )
    cells = part.frames.cells.merge(principal, on=KEYS)
    table = cells.merge(subordinate, on=KEYS)
    if table.empty:
        return Verdict(*claim, "undecided", NEEDED)
    values = [
        f"{part.place_of(row)}: {fixed(row['principal'], 3)} against {fixed(row['subordinate'], 3)}"
        for _, row in table.iterrows()
    ]
    ahead = table["principal"] < table["subordinate"] if principal_lower else table["principal"] > table["subordinate"]
    evidence = f"Principal against subordinate, trained, mean over dimensions and seeds: {sample(values)}."
    return Verdict(*claim, "holds" if ahead.all() else "fails", evidence)
