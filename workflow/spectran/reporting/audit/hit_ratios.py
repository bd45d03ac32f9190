"""Checks: which number of test users the printed hit ratios fit."""

from collections.abc import Iterator

import numpy as np
import pandas as pd

from spectran.reporting.audit.check import Check, Outcome
from spectran.reporting.audit.labels import listed, say
from spectran.reporting.audit.lattice import LatticeTest, Rule, lattice_test, possible
from spectran.reporting.audit.paper import BASE, FULL, PaperTables
from spectran.reporting.printed import PRINTED_DIM
from spectran.reporting.render.numbers import count

RULES: tuple[Rule, ...] = ("rounded", "truncated")
DIGITS = 4
#: Below half of 10^4 a count n can be told from others: 10^4 - n has the same lattice, up to rounding.
SCAN = range(200, 10**DIGITS // 2 + 1)
COLUMNS = ["values", "impossible", "expected_by_chance", "p", "outcome"]
FORMATS = {"test_users": ",.0f", "expected_by_chance": ".1f", "p": ".1g"}


def all_users(paper: PaperTables) -> Check:
    """Hit ratios against one test case for every user of Table 1."""
    table = _tests(paper, paper.users)
    rounded = table[table["rule"] == "rounded"]
    decided = rounded[rounded["outcome"] != "cannot be said"]
    lines = [*_exceptions(paper), *_scans(paper), *_undecided(rounded)]
    return Check(
        name="lattice_all_users",
        title="Hit ratios and the number of users",
        done="With one target a user a hit ratio is k / n. Every printed HR is tested against n = users of Table 1, "
        "rounded or truncated to four digits; rows of Tables 3 and 4 that repeat Table 2 are left out. "
        "Agrees where significantly fewer values are impossible than by chance (binomial p below 0.001) and no table "
        "says otherwise; where n exceeds 10,000 every value is possible and nothing can be said.",
        printed="one target a user, leave-one-out",
        recomputed=_told(decided if len(decided) else rounded),
        outcome=_overall(rounded["outcome"].tolist()),
        evidence=tuple(lines),
        details=table,
        keys=("dataset", "source", "rule"),
        formats=FORMATS,
    )


def tenth_of_users(paper: PaperTables) -> Check:
    """Hit ratios against a test part of 10 % of the users, as an 8:1:1 split of users leaves."""
    table = _tests(paper, {dataset: users // 10 for dataset, users in paper.users.items()})
    rounded = table[table["rule"] == "rounded"]
    against = int((rounded["outcome"] == "disagrees").sum())
    return Check(
        name="lattice_tenth_of_users",
        title="Hit ratios and an 8:1:1 split of the users",
        done="The same test with n = 10 % of the users (rounded down), the test part of the 8:1:1 split that the text "
        "describes beside leave-one-out.",
        printed="users split 8:1:1",
        recomputed=_told(rounded[rounded["source"] == "Table 2"]),
        outcome=_overall(rounded["outcome"].tolist()),
        evidence=(
            (
                f"In {against} of {len(rounded)} sets of hit ratios not significantly fewer are impossible than "
                "chance gives; a test part of that size would leave none."
            ),
            *_rounded_up(paper),
            "The printed hit ratios were not computed on 10 % of the users; leave-one-out over all users fits them.",
        )
        if against
        else ("The printed hit ratios do not speak against this size.",),
        details=table,
        keys=("dataset", "source", "rule"),
        formats=FORMATS,
    )


def independent(paper: PaperTables) -> pd.DataFrame:
    """Every printed HR once: Table 2, Table 3's ablations and Table 4's other dimensions.

    Returns:
        source, backbone, method, dim, dataset, metric, value.
    """
    ablations = paper.ablations[~paper.ablations["method"].isin([BASE, FULL])]
    other = paper.dimensions[paper.dimensions["dim"] != PRINTED_DIM]
    parts = {"Table 2": paper.accuracy, "Table 3, ablations": ablations, "Table 4, other d": other}
    table = pd.concat([part.assign(source=source) for source, part in parts.items()], ignore_index=True)
    return table[table["metric"].str.startswith("hr@")].reset_index(drop=True)


def record(test: LatticeTest) -> dict[str, object]:
    """A test as the columns of a details table."""
    return {
        "values": test.values,
        "impossible": test.impossible,
        "expected_by_chance": test.values * test.chance,
        "p": test.p,
        "outcome": test.outcome,
    }


def _tests(paper: PaperTables, sizes: dict[str, int]) -> pd.DataFrame:
    ratios = independent(paper)
    rows = [
        {"dataset": say(dataset), "source": source, "rule": rule, "test_users": n}
        | record(lattice_test(group["value"], n, DIGITS, rule))
        for dataset, n in sizes.items()
        for source, group in ratios[ratios["dataset"] == dataset].groupby("source", sort=False)
        for rule in RULES
    ]
    return pd.DataFrame(rows)


def _overall(outcomes: list[Outcome]) -> Outcome:
    if "disagrees" in outcomes:
        return "disagrees"
    return "agrees" if "agrees" in outcomes else "cannot be said"


def _told(rows: pd.DataFrame) -> str:
    return "; ".join(
        f"{row['dataset']} ({row['source']}): {row['impossible']} of {row['values']} impossible at n = "
        f"{count(row['test_users'])}, {row['expected_by_chance']:.0f} by chance"
        for row in rows.to_dict("records")
    )


def _exceptions(paper: PaperTables) -> Iterator[str]:
    """The cells that cannot be k / users."""
    ratios = independent(paper)
    fits = [possible(v, paper.users[d], DIGITS) for v, d in zip(ratios["value"], ratios["dataset"], strict=True)]
    odd = ratios[~np.array(fits, dtype=bool)]
    if odd.empty:
        return
    names = [
        f"{say(row['dataset'])} {say(row['backbone'])} {row['method']} {say(row['metric'])} {row['value']:.4f}"
        for row in odd.to_dict("records")
    ]
    cut = all(
        possible(v, paper.users[d], DIGITS, "truncated") for v, d in zip(odd["value"], odd["dataset"], strict=True)
    )
    yield f"Impossible at n = users: {listed(names)}." + (
        " All of these are possible if they were truncated instead of rounded." if cut else ""
    )


def _scans(paper: PaperTables) -> Iterator[str]:
    """Which n of a range fits best, for datasets whose users are in that range."""
    ratios = independent(paper)
    for dataset, users in paper.users.items():
        if users not in SCAN:
            continue
        values = ratios.loc[ratios["dataset"] == dataset, "value"]
        tests = sorted((lattice_test(values, n, DIGITS) for n in SCAN), key=lambda test: test.p)
        first, second = tests[:2]
        yield (
            f"{say(dataset)}: of every n from {count(SCAN[0])} to {count(SCAN[-1])} the smallest p is that of "
            f"n = {count(first.n)} ({first.p:.0e}), then n = {count(second.n)} ({second.p:.0e}); the users are "
            f"{count(users)}. Averages over several runs would lie on a finer lattice and miss this one in most cells."
        )


def _undecided(rounded: pd.DataFrame) -> Iterator[str]:
    open_ = rounded[rounded["outcome"] == "cannot be said"]
    if not open_.empty:
        yield f"Nothing can be said for {listed(list(open_['dataset'].unique()))}: every value is possible there."


def _rounded_up(paper: PaperTables) -> Iterator[str]:
    ratios = independent(paper)
    for dataset, users in paper.users.items():
        if users % 10:
            test = lattice_test(ratios.loc[ratios["dataset"] == dataset, "value"], users // 10 + 1, DIGITS)
            yield (
                f"{say(dataset)} with the size rounded up, n = {count(test.n)}: {test.impossible} of {test.values} "
                f"impossible, {test.values * test.chance:.0f} by chance."
            )
