"""The first lines of the page: what was run and what came out."""

import pandas as pd

from spectran.reporting.catalogue.parts import PART_TITLES, SPECTRAN, first_paper_shown, parts_shown
from spectran.reporting.claims.verdict import listed
from spectran.reporting.findings import Findings
from spectran.reporting.outcome import Outcome
from spectran.reporting.render.numbers import fixed, percent
from spectran.reporting.reproduction import MISSING, VERDICTS, printed_numbers

#: More datasets than these are counted in the title, not named.
MOST_NAMES = 4


def title(findings: Findings) -> str:
    """What was reproduced, and on what: the names of up to four datasets, else how many they are."""
    labels = [str(label) for label in findings.frames.cells["dataset_label"].unique()]
    parts = findings.study.parts
    papers = ["SpecTran"] if first_paper_shown(findings.study) else []
    what = " and ".join([*papers, *(["FreLLM4Rec"] if parts.frellm4rec else [])])
    if len(labels) > MOST_NAMES:
        return f"{what} reproduced on {_counted(len(labels), 'dataset')}"
    names = " and ".join(filter(None, [", ".join(labels[:-1]), labels[-1]]))
    return f"{what} reproduced on {names}"


def run_summary(findings: Findings) -> str:
    """How many cells of what."""
    study, cells = findings.study, findings.frames.cells
    parts = [
        _counted(len(study.datasets), "dataset"),
        _counted(len(study.backbones), "backbone"),
        _counted(len(study.methods), "method"),
        _counted(cells["dim"].nunique(), "dimension"),
    ]
    seeds = findings.seed_counts
    each = f"{f'{seeds[0]} to ' if len(seeds) > 1 else ''}{_counted(seeds[-1], 'seed')} each"
    trained = f"{', '.join(parts)}: {_counted(len(cells), 'cell')}, {each}"
    controls = f"; {_counted(len(study.controls), 'untrained control')}" if study.controls else ""
    return f"{trained}{controls}. Titles encoded by {study.encoder.model}."


def not_run(findings: Findings) -> str:
    """The parts of the study that the page has nothing of, and how to run them; nothing where there are none."""
    absent = [title for name, title in PART_TITLES.items() if name not in parts_shown(findings.study)]
    if not absent:
        return ""
    return (
        f"Not run, so not shown: {', '.join(absent)}. To run a part, name it under parts in the study's file and start "
        "the workflow again; no cell that is there already is trained again."
    )


def outcomes(findings: Findings) -> list[Outcome]:
    """Of Table 2: the best two methods of each dataset and backbone, and SpecTran beside its printed number."""
    findings = findings.part("main")
    table = findings.accuracy(findings.score)
    metric = findings.main_metric
    table = table[table["metric"] == metric]
    result = []
    for _, group in table.groupby(["dataset", "backbone", "dim"], sort=False):
        ranked = group.sort_values("ours", ascending=False, kind="stable")
        first = ranked.iloc[0]
        sentence = f"{first['method_label']} leads with {metric.upper()} {fixed(first['ours'])}"
        if len(ranked) > 1:
            second = ranked.iloc[1]
            lead = 100 * (first["ours"] / second["ours"] - 1) if second["ours"] > 0 else float("nan")
            sentence += f", {percent(lead)} above {second['method_label']} ({fixed(second['ours'])})"
        result.append(Outcome(findings.place_of(first), bool(first["synthetic"]), f"{sentence}.{_printed(group)}"))
    return result


def reproduced(findings: Findings) -> str:
    """How many of the printed numbers come out here, in a sentence; each counts once, though two tables show it."""
    numbers = printed_numbers(findings.part(SPECTRAN))
    if numbers.empty:
        return "The paper prints no number of these cells, so none is judged reproduced or not."
    found = numbers["verdict"].value_counts()
    counts = [f"{found.get(name, 0)} {name}" for name in (*VERDICTS, MISSING) if name in found or name != MISSING]
    return (
        f"{_counted(len(numbers), 'printed number')} of Tables 2 to 4: {listed(counts)} (within, above or below the "
        f"band that users and seeds alone may make). Mean deviation {percent(numbers['relative'].mean(), sign=True)}."
    )


def _printed(group: pd.DataFrame) -> str:
    full = group[(group["method_row"] == "SpecTran") & group["printed"].notna()]
    if full.empty:
        return ""
    row = full.iloc[0]
    ours = f"{fixed(row['ours'])}, printed {fixed(row['printed'])}"
    return f" {row['method_label']}: ours {ours} ({percent(row['relative'], sign=True)})."


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"
