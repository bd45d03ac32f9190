"""What the audit found in each dataset."""

from collections.abc import Iterator, Mapping
from typing import Any

import pandas as pd

from spectran.evaluation.audit.explanations import EXPLANATIONS
from spectran.reporting.findings import Findings
from spectran.reporting.render.numbers import NONE, count, fixed, percent
from spectran.reporting.render.table import Entry, Table, nothing

NOTE = "How"
#: Ends of the names of measures that stand beside another's value, and the beginning of those that say it as a share.
LOW, HIGH, SD = BESIDE = (", 95 % low", ", 95 % high", ", standard deviation")
SHARE = "share of "


def build(findings: Findings) -> Table:
    """One row a measure, grouped by check, with its share, interval or deviation beside it; one column a dataset."""
    data, labels = findings.frames.audit, findings.dataset_labels
    texts = {(row["dataset"], row["check"], row["measure"]): _text(row, findings) for row in data.to_dict("records")}
    measures = {(check, measure) for _, check, measure in texts}
    entries = []
    for key, rows in data.groupby(["check", "measure"], sort=False):
        check, measure = map(str, key)
        if measure.endswith(BESIDE) or (check, measure.removeprefix(SHARE)) in measures - {(check, measure)}:
            continue
        head = (_title(check), measure)
        for name, label in labels.items():
            names = (measure, *(f"{measure}{end}" for end in BESIDE), f"{SHARE}{measure}")
            text = _joined(*(texts.get((name, check, each), "") for each in names))
            entries.append(Entry(head, ("", label), text, link=f"audit/{name}/audit.json"))
        entries.append(Entry(head, ("", NOTE), _common_note(rows)))
    return Table(
        tuple(entries) or nothing("Checks"), data, stub="Measure", prose=(NOTE,), notes=tuple(_notes(data, labels))
    )


def _joined(text: str, low: str, high: str, sd: str, share: str) -> str:
    """The value with what stands beside it, each of which is empty where there is none."""
    if text in {"", NONE}:
        return NONE
    deviation, ends = f" ± {sd}" if sd else "", [end.removesuffix("\u00a0%") for end in (low, high)]
    interval = f" [{', '.join(ends)}]" if all(ends) else ""
    return f"{text}{deviation}{interval}{f' ({share})' if share else ''}"


def _text(row: Mapping[Any, Any], findings: Findings) -> str:
    value = row["value"]
    match row["unit"]:
        case "share":
            return percent(100 * value, 2)
        case "metric":
            return fixed(value)
        case "time" if findings.study.datasets[row["dataset"]].source == "amazon" and pd.notna(value):
            return pd.Timestamp(value, unit="s").strftime("%Y-%m-%d")
        case "time":
            return NONE if pd.isna(value) else f"{value:.0f}"
    return count(value)


def _with_spread(text: str, low: str, high: str, sd: str) -> str:
    """The value with what stands beside it; each is empty where there is none."""
    if text in {"", NONE}:
        return NONE
    interval = f" [{low}, {high}]" if low and high else ""
    return f"{text}{f' ± {sd}' if sd else ''}{interval}"


def _common_note(rows: pd.DataFrame) -> str:
    """How a measure was taken, where that can be said of all datasets at once; why one has none is below the table."""
    notes = rows.loc[rows["value"].notna(), "note"].unique()
    return str(notes[0]) if len(notes) == 1 else ""


def _notes(data: pd.DataFrame, labels: Mapping[str, str]) -> Iterator[str]:
    found = data["check"].unique()
    for name, explanation in EXPLANATIONS.items():
        if name in found:
            yield f"{explanation.title}: {explanation.meaning}"
    if data["measure"].str.endswith((LOW, HIGH)).any():
        yield "In square brackets: 95 % intervals over users; after ±: the standard deviation over shuffles."
    unknown = data[data["value"].isna()]
    for key, rows in unknown.groupby(["check", "note"], sort=False):
        check, note = map(str, key)
        where = ", ".join(labels[name] for name in rows["dataset"].unique())
        yield f"A dash under “{_title(check)}” ({where}): {note}."


def _title(check: str) -> str:
    return EXPLANATIONS[check].title if check in EXPLANATIONS else check
