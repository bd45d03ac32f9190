"""The lattice test on our own hit ratios."""

import pandas as pd

from spectran.data.split import users_tested
from spectran.reporting.audit.check import Check, Outcome
from spectran.reporting.audit.hit_ratios import DIGITS
from spectran.reporting.audit.labels import listed
from spectran.reporting.audit.lattice import lattice_test, whole_counts
from spectran.reporting.findings import Findings


def own_hit_ratios(findings: Findings) -> Check | None:
    """Every HR of every seed against the test users of its dataset; None where there is no hit ratio.

    In full precision k = HR x n must be whole. The rule 'expected' for ties shares a place among equal scores, so that
    a user can count as a part of a hit; then k may be a fraction and the rounded value need not be on the lattice.
    """
    split = findings.study.protocol.split_name
    users = findings.frames.datasets[["dataset", "users"]]
    metrics = findings.labelled(findings.frames.metrics).merge(users, on="dataset", validate="many_to_one")
    metrics = metrics[metrics["metric"].str.startswith("hr@")]
    if metrics.empty:
        return None
    table = pd.DataFrame(
        [
            {"dataset": label, "score": score}
            | _tested(values["value"], users_tested(split, int(values["users"].iloc[0])))
            for (_, label, score), values in metrics.groupby(["dataset", "dataset_label", "score"], sort=False)
        ]
    )
    ties, whole, total = findings.study.evaluation.ties, int(table["whole"].sum()), int(table["values"].sum())
    outcome: Outcome = "agrees" if whole == total else "cannot be said" if ties == "expected" else "disagrees"
    synthetic = list(dict.fromkeys(metrics.loc[metrics["synthetic"], "dataset_label"]))
    sums = table.drop(columns=["dataset", "score"]).sum()
    return Check(
        name="lattice_ours",
        title="Our own hit ratios",
        done="The same test on every HR of every seed of this study, in full precision (HR x users must be whole) and "
        "rounded to four digits, with all test users and, as a counter-test, with a tenth of them.",
        printed="nothing: these numbers are ours",
        recomputed=f"{whole} of {total} hit ratios are whole counts of users",
        outcome=outcome,
        evidence=(
            (
                f"Rounded to four digits, {sums['impossible']:.0f} of {total} are impossible with all test users as "
                f"cases ({sums['expected_by_chance']:.0f} by chance) and {sums['impossible_at_a_tenth']:.0f} with a "
                f"tenth of them ({sums['by_chance_at_a_tenth']:.0f} by chance)."
            ),
            *([f"{listed(synthetic)}: synthetic data, which says nothing about the paper."] if synthetic else []),
            f"Ties: rule '{ties}'."
            + (
                " Equal scores across the cut-off share the hit, so that a fraction is not a mistake by itself."
                if ties == "expected"
                else " Every user is a whole hit or none."
            ),
        ),
        details=table,
        keys=("dataset", "score"),
        formats={"expected_by_chance": ".1f", "by_chance_at_a_tenth": ".1f"},
    )


def _tested(values: "pd.Series[float]", users: int) -> dict[str, object]:
    rounded = values.round(DIGITS)
    full, tenth = lattice_test(rounded, users, DIGITS), lattice_test(rounded, max(1, users // 10), DIGITS)
    return {
        "test_users": users,
        "values": len(values),
        "whole": int(whole_counts(values, users).sum()),
        "impossible": full.impossible,
        "expected_by_chance": full.values * full.chance,
        "impossible_at_a_tenth": tenth.impossible,
        "by_chance_at_a_tenth": tenth.values * tenth.chance,
    }
