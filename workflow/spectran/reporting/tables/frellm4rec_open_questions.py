"""What FreLLM4Rec's authors leave open, answered on our data."""

from collections.abc import Iterator, Mapping
from typing import Any

import pandas as pd

from spectran.config.frequency_cells import PART
from spectran.reporting.findings import Findings, metric_label
from spectran.reporting.frames import KEY_TYPES, KEYS
from spectran.reporting.frequency_cells import (
    ALPHA,
    CUTOFF,
    FORM,
    FULL,
    GRAPH,
    LEARNED,
    RANDOM,
    TWIN,
    UNFROZEN,
    VANILLA,
    cell_label,
    compared,
    metric_of,
)
from spectran.reporting.render.numbers import chance, ends, fixed, percent, spread
from spectran.reporting.render.table import Entry, Table, nothing
from spectran.reporting.significance import USERS

#: Questions in their order: the roles of the cells that answer them.
QUESTIONS = {
    "Can α and ω_c be learned?": (LEARNED,),
    "Other graphs": (GRAPH,),
    "Pre-training, or the architecture alone?": (RANDOM, TWIN),
    "Not frozen": (UNFROZEN,),
    "The paper's circular filter": (FORM,),
}
BEST = {"best α of the grid": ALPHA, "best ω_c of the grid": CUTOFF}
AGAINST = "Against FreLLM4Rec"
DIGITS = {"alpha": 2, "cutoff": 3}


def build(findings: Findings) -> Table:
    """Rows: questions, and the cells that answer each; columns: accuracy, the difference, the filters in force."""
    part, metric = findings.part(PART), metric_of(findings)
    answers = _answers(compared(findings, metric))
    answers = answers.merge(in_force(findings), on=KEYS, how="left", validate="many_to_one", suffixes=("_option", ""))
    several = len(answers["place"].unique()) > 1
    entries = [entry for row in answers.to_dict("records") for entry in _line(row, metric, several=several)]
    columns = ["question", "backbone_label", "method_label", "ours", "sd", "seeds", "reference", "change_percent"]
    tidy = answers[[*KEYS, *columns, "low_percent", "high_percent", "p_holm", "significant", *DIGITS]]
    return Table(tuple(entries) or nothing("Answers"), tidy, stub="Cell", notes=tuple(_notes(part, metric)))


def in_force(findings: Findings) -> pd.DataFrame:
    """What the filters of each cell are in force with: KEYS, alpha and cutoff, texts of means over the seeds.

    Of a cut-off that differs from block to block, the smallest and the largest are shown.
    """
    filters = findings.part(PART).frames.filters
    means = filters.groupby([*KEYS, "parameter", "block"], as_index=False).agg(
        mean=("value", "mean"), sd=("value", "std")
    )
    rows: dict[tuple[Any, ...], dict[str, str]] = {}
    for key, own in means.groupby([*KEYS, "parameter"], sort=False):
        *cell, parameter = key
        rows.setdefault(tuple(cell), {})[str(parameter)] = _text(own, DIGITS[str(parameter)])
    found = pd.DataFrame([dict(zip(KEYS, cell, strict=True)) | texts for cell, texts in rows.items()])
    return found.reindex(columns=[*KEYS, *DIGITS]).astype(KEY_TYPES | dict.fromkeys(DIGITS, object))


def _text(blocks: pd.DataFrame, digits: int) -> str:
    """Mean and spread over the seeds of the same value in all blocks, or the smallest and the largest block's mean."""
    low, high = (fixed(end, digits) for end in (blocks["mean"].min(), blocks["mean"].max()))
    if low != high:
        return f"{low} to {high}"
    return spread(blocks["mean"].iloc[0], blocks["sd"].iloc[0], digits)


def _answers(cells: pd.DataFrame) -> pd.DataFrame:
    """The cells that answer a question, with it; what they are best compared with stands above them."""
    found = []
    for place, own in cells.groupby("place", sort=False):
        for question, roles in QUESTIONS.items():
            rows = own[own["role"].isin(roles)].assign(question=question, said="")
            if LEARNED in roles and len(rows):
                rows = pd.concat([*_best(own, question), rows])
            if (rows["role"] == RANDOM).any():
                twin = own[own["role"] == VANILLA].assign(question=question, said=" (the pre-trained twin)")
                rows = pd.concat([twin, rows])
            found.append(rows.assign(place=place))
    return pd.concat(found, ignore_index=True) if found else cells.assign(question="", said="").iloc[:0]


def _best(own: pd.DataFrame, question: str) -> Iterator[pd.DataFrame]:
    """Of each grid that has more than one point, the best one."""
    for said, role in BEST.items():
        grid = own[own["role"].isin([FULL, role])]
        if (grid["role"] == role).any():
            best = grid.sort_values("ours", ascending=False, kind="stable").head(1)
            yield best.assign(question=question, said=f" ({said})")


def _line(row: Mapping[Any, Any], metric: str, *, several: bool) -> Iterator[Entry]:
    head = (f"{row['place']} · {row['question']}" if several else row["question"], f"{cell_label(row)}{row['said']}")
    yield Entry(head, ("", metric_label(metric)), spread(row["ours"], row["sd"]), link=f"{row['path']}/ranks.parquet")
    sign = USERS if row["significant"] else ""
    yield Entry(head, (AGAINST, "in %"), percent(row["change_percent"], sign=True), sign=sign)
    yield Entry(head, (AGAINST, "interval, %"), ends(row["low_percent"], row["high_percent"], 1, sign=True))
    yield Entry(head, (AGAINST, "p, Holm"), chance(row["p_holm"]))
    for name, label in (("alpha", "α"), ("cutoff", "ω_c")):
        known = isinstance(row[name], str)
        yield Entry(
            head,
            ("In force", label),
            row[name] if known else "–",
            link=f"{row['path']}/filters.json" if known else "",
        )


def _notes(part: Findings, metric: str) -> Iterator[str]:
    statistics = part.study.statistics
    yield (
        f"{metric_label(metric)} by full ranking, against FreLLM4Rec on the same language model: pre-trained and "
        "frozen, with the causal temporal filter and the low-pass filter on the co-occurrence graph, both at fixed "
        f"values. Intervals of {percent(100 * statistics.confidence, 0)} and {USERS} (p < {statistics.alpha:g}) are of "
        "paired t tests over users, the seeds as they are; p after Holm's correction over all cells of this part. "
        "Where two cells have different numbers of seeds, each user's mean over each cell's own seeds is compared."
    )
    yield "In force: mean over the seeds; of a cut-off that differs from block to block, the smallest and the largest."
