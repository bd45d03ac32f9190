"""Claims of FreLLM4Rec about graph frequencies: what language models lose, and what is best to keep."""

import pandas as pd
from scipy.special import ndtri

from spectran.reporting.claims.verdict import Outcome, Verdict, listed, sample
from spectran.reporting.findings import Findings, metric_label
from spectran.reporting.frames import KEYS
from spectran.reporting.frequency_cells import FULL, SASREC, VANILLA, cell_label, frequency_cells, metric_of
from spectran.reporting.frequency_shares import retained
from spectran.reporting.render.numbers import fixed, percent
from spectran.reporting.retention import IN_SWEEPS, retention

#: Percent of the low-frequency share that the paper says a language model loses.
LOST = 70.0
#: A cell that loses less than this keeps its low frequencies; the paper gives no number.
KEPT = 10.0
#: Fewer cells of the sweeps have no middle that one could tell from their ends.
FEWEST = 4


def low_frequencies_lost(findings: Findings) -> Verdict:
    """In every vanilla language model, the low-frequency share falls by more than `LOST` percent."""
    claim = (
        "low_frequencies_lost",
        f"A language model loses more than {percent(LOST, 0)} of the low-frequency energy by its last layer.",
        "FreLLM4Rec, section 1 and its figure of layers",
    )
    cells = _changes(findings, VANILLA)
    if cells.empty:
        return Verdict(*claim, "undecided", "A pre-trained, frozen language model without either filter is needed.")
    outcome: Outcome = "holds" if (cells["change_percent"] < -LOST).all() else "fails"
    return Verdict(*claim, outcome, f"{_measured(findings)}: {_told(cells)}.{_of_what(findings)}")


def low_frequencies_kept(findings: Findings) -> Verdict:
    """FreLLM4Rec and SASRec lose less than `KEPT` percent of the low-frequency share, everywhere; a rise is no loss."""
    claim = (
        "low_frequencies_kept",
        "FreLLM4Rec keeps the low-frequency energy through all layers, as SASRec does.",
        "FreLLM4Rec, section 1 and its figure of layers",
    )
    cells = _changes(findings, FULL, SASREC)
    if set(cells["role"]) != {FULL, SASREC}:
        return Verdict(*claim, "undecided", "FreLLM4Rec with both filters, and SASRec, are needed.")
    outcome: Outcome = "holds" if (cells["change_percent"] > -KEPT).all() else "fails"
    evidence = f"{_measured(findings)}; kept is to lose less than {percent(KEPT, 0)}: {_told(cells)}."
    return Verdict(*claim, outcome, evidence + _of_what(findings))


def peak_between(findings: Findings) -> Verdict:
    """Of the sweeps over both filters, the most accurate cell keeps neither the least nor the most.

    Holds or fails only beyond the chance of users: the lead of the best cell at an end over the best between them, or
    the other way round, is held against the sum of both cells' standard errors against FreLLM4Rec, which is never less
    than that of their difference.
    """
    claim = (
        "peak_between",
        "Accuracy is highest where an intermediate share of low frequencies is kept.",
        "FreLLM4Rec, its study of how much is kept",
    )
    table = retention(findings)
    sweeps = {str(place): rows for place, rows in table[table["role"].isin(IN_SWEEPS)].groupby("place", sort=False)}
    enough = {place: rows for place, rows in sweeps.items() if len(rows) >= FEWEST}
    if not enough:
        most = max(map(len, sweeps.values()), default=0)
        return Verdict(*claim, "undecided", f"At least {FEWEST} cells of the sweeps on one dataset are needed: {most}.")
    lines, outcomes = [], []
    for place, rows in enough.items():
        outcome, line = _peak(findings, rows)
        outcomes.append(outcome)
        lines.append(f"{place}: {line}")
    few = [f"{place} ({len(rows)})" for place, rows in sweeps.items() if place not in enough]
    evidence = f"{metric_label(metric_of(findings))} against the low-frequency share kept. {sample(lines)}."
    evidence += f" Fewer than {FEWEST} cells of the sweeps: {listed(few)}." if few else ""
    return Verdict(*claim, _all(outcomes), evidence)


def _peak(findings: Findings, rows: pd.DataFrame) -> tuple[Outcome, str]:
    """Whether the best of these cells is between the ends, and by how much."""
    ordered = rows.sort_values("retained_percent", kind="stable")
    between = ordered.iloc[1:-1]
    ends = ordered.iloc[[0, -1]]
    best, rival = (part.sort_values("ours", ascending=False, kind="stable").iloc[0] for part in (between, ends))
    lead = float(best["ours"] - rival["ours"])
    # In percent of FreLLM4Rec, whose own error against itself is 0.
    error = rows["se_percent"].where(rows["role"] != FULL, 0.0) * rows["reference"].max() / 100
    bound = float(ndtri((1 + findings.study.statistics.confidence) / 2) * (error[best.name] + error[rival.name]))
    side = "between" if lead > 0 else "at an end"
    outcome: Outcome = "undecided" if not abs(lead) > bound else "holds" if lead > 0 else "fails"
    chance = "beyond" if outcome != "undecided" else "not beyond"
    return outcome, (
        f"the best of {len(rows)} is {side}; best between the ends {_point(best)}, best at an end {_point(rival)}, a "
        f"lead {chance} the chance of users"
    )


def _point(row: "pd.Series[float]") -> str:
    return f"{cell_label(row.to_dict())} {fixed(row['ours'])} at {percent(row['retained_percent'], 0)}"


def _all(outcomes: list[Outcome]) -> Outcome:
    """Holds where all do, fails where one does."""
    return "fails" if "fails" in outcomes else "undecided" if "undecided" in outcomes else "holds"


def _changes(findings: Findings, *roles: str) -> pd.DataFrame:
    """Cells of these roles with what `retained` says of them."""
    cells = frequency_cells(findings)
    return cells[cells["role"].isin(roles)].merge(retained(findings).dropna(subset="change_percent"), on=KEYS)


def _measured(findings: Findings) -> str:
    options = findings.study.parts.frellm4rec
    share = percent(100 * options.low_share, 0) if options else ""
    return f"Share of the lowest {share} of graph frequencies, input against last layer"


def _told(cells: pd.DataFrame) -> str:
    lines = [
        f"{row['dataset_label']} · {cell_label(row)} {percent(100 * row['first'])} to {percent(100 * row['last'])} "
        f"({percent(row['change_percent'], sign=True)})"
        for row in cells.to_dict("records")
    ]
    return sample(lines)


def _of_what(findings: Findings) -> str:
    """What a share would be if the states knew nothing of the graph, and what raises it without knowing."""
    options = findings.study.parts.frellm4rec
    even = percent(100 * options.low_share, 0) if options else ""
    return (
        f" Independent random states would have {even}. Whatever makes the states of a sequence alike raises the "
        "share, the filter over time by itself."
    )
