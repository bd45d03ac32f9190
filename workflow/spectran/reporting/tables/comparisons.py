"""SpecTran against each method, user by user, with every test."""

from collections.abc import Mapping
from typing import Any

import pandas as pd

from spectran.config.frequency_cells import PART as FREQUENCIES
from spectran.evaluation.statistics.frames import COMPARISONS
from spectran.reporting.findings import Findings, metric_label
from spectran.reporting.frames import KEYS
from spectran.reporting.render.numbers import chance, ends, fixed, percent, signed
from spectran.reporting.render.table import Entry, Table, nothing
from spectran.reporting.significance import comparisons_of, sign, significance_note

PART = "main"


def build(findings: Findings) -> Table:
    """One row a method of the main part and place, by the main metric; the tidy form has all metrics and parts."""
    part = findings.part(PART)
    compared = comparisons_of(part, PART)
    shown = part.placed(compared[compared["metric"] == part.main_metric])
    entries = tuple(entry for row in shown.to_dict("records") for entry in _line(row))
    return Table(
        entries or nothing("Comparisons"), _tidy(findings), stub="Against", notes=tuple(_notes(part, compared))
    )


def _line(row: Mapping[Any, Any]) -> list[Entry]:
    head, link = (row["place"], row["method_label"]), f"{row['path']}/ranks.parquet"
    difference = Entry(
        head,
        ("Difference", "mean"),
        signed(row["difference"]),
        link=link,
        sign=sign(row["significant"], row["significant_total"]),
    )
    texts = {
        ("Difference", "in %"): signed(row["relative"], 1),
        ("Intervals over users", "t"): ends(row["t_low"], row["t_high"], sign=True),
        ("Intervals over users", "bootstrap"): ends(row["boot_low"], row["boot_high"], sign=True),
        ("p over users", "t"): chance(row["p_t"]),
        ("p over users", "sign flips"): chance(row["p_randomisation"]),
        ("p over users", "t, Holm"): chance(row["p_holm"]),
        ("Users and seeds", "interval"): ends(row["total_low"], row["total_high"], sign=True),
        ("Users and seeds", "p, Holm"): chance(row["p_total_holm"]),
        ("Users", "effect d"): fixed(row["effect_size"], 3),
        ("Users", "helped"): percent(100 * row["helped"]),
        ("Users", "hurt"): percent(100 * row["hurt"]),
        ("Users", "same"): percent(100 * row["same"]),
    }
    return [difference, *(Entry(head, column, text) for column, text in texts.items())]


def _notes(part: Findings, compared: pd.DataFrame) -> list[str]:
    if compared.empty:
        return []
    statistics, label = part.study.statistics, compared["reference_label"].iloc[0]
    how = (
        f"{metric_label(part.main_metric)}; difference: {label} minus the method, mean over users of the mean over "
        f"seeds. Intervals are of {percent(100 * statistics.confidence, 0)}; bootstrap and sign flips (randomisation) "
        f"draw {statistics.resamples:,} times. Effect: Cohen's d of paired differences, mean over standard deviation. "
        f"Helped, hurt and same: users for whom {label} is better, worse and equal."
    )
    return [how, significance_note(part, PART)]


def _tidy(findings: Findings) -> pd.DataFrame:
    """Every part and metric, labelled; but for FreLLM4Rec's part, which has a table of its own."""
    compared = findings.frames.comparisons
    table = findings.labelled(findings.by_metric(compared[compared["part"] != FREQUENCIES]))
    further = [column for column in COMPARISONS if column not in KEYS]
    return table[["part", *KEYS, "method_label", *(name for name in further if name != "part")]]
