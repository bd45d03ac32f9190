"""What SpecTran's weights give to principal and to subordinate components (Table 6), tidy."""

import pandas as pd

from spectran.reporting.findings import Findings
from spectran.reporting.frames import KEYS
from spectran.reporting.printed import PRINTED_BACKBONE, PRINTED_DIM, deviations

KINDS = ("principal", "subordinate")


def component_shares(findings: Findings) -> pd.DataFrame:
    """Weights of each kind in every cell of the part `case_study`, at the start and trained.

    Returns:
        The columns of `frames.cells`, moment, weights (principal or subordinate), weight (mean over dimensions, then
        over seeds), per_component (the same over the components of that kind: 1 or r - d, NaN where r = d), and
        share_percent (of the sum of both).
    """
    part = findings.part("case_study")
    keys = [*KEYS, "moment"]
    frame = part.frames.weights.groupby([*keys, "seed"], as_index=False, sort=False)
    seeds = frame[[*KINDS, "components"]].mean()
    total = seeds["principal"] + seeds["subordinate"]
    parts = []
    for kind in KINDS:
        components = seeds["components"] if kind == "subordinate" else 1
        values = {"weight": seeds[kind], "per_component": seeds[kind] / components}
        parts.append(seeds.assign(weights=kind, **values, share_percent=100 * seeds[kind] / total.where(total > 0)))
    numbers = ["weight", "per_component", "share_percent"]
    means = pd.concat(parts).groupby([*keys, "weights"], as_index=False, sort=False)[numbers].mean()
    return part.labelled(means)


def compared_shares(findings: Findings) -> pd.DataFrame:
    """The trained weights beside the paper's Table 6.

    Returns:
        The columns of `component_shares` for trained members, ours, printed, absolute and relative.
    """
    data = component_shares(findings)
    data = data[data["moment"] == "trained"].assign(ours=lambda found: found["weight"])
    data = data.merge(findings.printed.weights, on=["dataset_row", "weights"], how="left", validate="many_to_one")
    known = (data["backbone_row"] == PRINTED_BACKBONE) & (data["dim"] == PRINTED_DIM) & ~data["synthetic"]
    return deviations(data.assign(printed=data["printed"].where(known)))
