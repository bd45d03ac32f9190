"""Check: the claimed gains beside the sampling error of the test users."""

import numpy as np
import pandas as pd

from spectran.reporting.audit.check import Check
from spectran.reporting.audit.improvement import gains
from spectran.reporting.audit.labels import say
from spectran.reporting.audit.paper import PaperTables
from spectran.reporting.render.numbers import percent
from spectran.reporting.sampling import relative_error

BACKBONE, METRIC = "sasrec", "hr@10"
#: Two-sided 5 % of the normal distribution.
LIMIT = 1.96


def noise(paper: PaperTables) -> Check:
    """Relative standard error of HR@10 and the gains; unpaired tests of the hit ratios."""
    table = gains(paper)
    rows = []
    for dataset, users in paper.users.items():
        here = table[table["dataset"] == dataset]
        full = here.loc[(here["backbone"] == BACKBONE) & (here["metric"] == METRIC), "spectran"]
        hits = here[here["metric"].str.startswith("hr@")]
        rows.append(
            {
                "dataset": say(dataset),
                "test_users": users,
                "error_all_users": relative_error(full, users).item(),
                "error_tenth": relative_error(full, users // 10).item(),
                "smallest_gain": here["recomputed"].min(),
                "largest_gain": here["recomputed"].max(),
                "hr_gains": len(hits),
                "clear_all_users": _beyond(hits, users),
                "clear_tenth": _beyond(hits, users // 10),
            }
        )
    data = pd.DataFrame(rows)
    cells, clear, tenth = (int(data[c].sum()) for c in ("hr_gains", "clear_all_users", "clear_tenth"))
    return Check(
        name="noise",
        title="Gains and sampling noise",
        done="Relative standard error of a hit ratio with n users, sqrt((1 - p) / (p n)), for SpecTran on SASRec, and "
        "an unpaired test (5 %, two-sided) of every HR of SpecTran against the best baseline. Agrees if every gain "
        "is beyond chance; else nothing can be said, for the paired test that is due needs values of each user. NDCG "
        "cannot be tested from a mean.",
        printed="no seed, no spread and no test",
        recomputed=f"{clear} of {cells} HR gains beyond chance with all users as test cases, {tenth} with 10 %",
        outcome="agrees" if clear == cells else "cannot be said",
        evidence=(
            "Relative standard error of HR@10 with all users and with 10 % of them: "
            + "; ".join(
                f"{row['dataset']} {percent(row['error_all_users'])} and {percent(row['error_tenth'])}, gains "
                f"{percent(row['smallest_gain'])} to {percent(row['largest_gain'])}"
                for row in rows
            )
            + ".",
            "Users are one source of chance; the seed of the training is another, and nothing is printed on it.",
        ),
        details=data,
        keys=("dataset",),
        formats=dict.fromkeys(("error_all_users", "error_tenth", "smallest_gain", "largest_gain"), ".1f"),
    )


def _beyond(hits: pd.DataFrame, n: int) -> int:
    """Hit ratios whose gain over the best baseline exceeds 1.96 unpaired standard errors."""
    p, q = hits["spectran"], hits["baseline"]
    return int(((p - q) / np.sqrt((p * (1 - p) + q * (1 - q)) / n) > LIMIT).sum())
