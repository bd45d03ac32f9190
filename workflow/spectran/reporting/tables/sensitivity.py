"""The methods under each variant of the protocol, and whether their order changes."""

from collections.abc import Iterator, Mapping
from typing import Any

import pandas as pd

from spectran.config.cells import Cell
from spectran.reporting.accuracy_table import filled, how_measured
from spectran.reporting.findings import Findings, metric_label
from spectran.reporting.frames import KEYS
from spectran.reporting.render.numbers import NONE, count, fixed, percent, signed, spread
from spectran.reporting.render.table import Entry, Table, nothing
from spectran.reporting.sensitivity import OTHER_SCORE, PLACE, largest_changes, orders, values
from spectran.reporting.user_groups import reference_of

COLUMNS = ["variant", "variant_label", "ours", "sd", "seeds", "as_study", "change_percent"]
ORDER = "Order of the methods"


def build(findings: Findings) -> Table:
    """Rows: variants in each place; columns: each method's value and change, then the order of all."""
    part = findings.part("sensitivity")
    table, reference = values(part), reference_of(part)
    order = orders(table, reference)
    label = "" if reference is None else part.study.methods[reference].label
    entries = [entry for row in table.to_dict("records") for entry in _method(row, part.main_metric)]
    entries += [entry for row in order.to_dict("records") for entry in _order(row, label)]
    data = table[[*KEYS, *COLUMNS]].merge(
        order.drop(columns=["place", "variant_label"]), on=[*PLACE, "variant"], how="left", validate="many_to_one"
    )
    return Table(tuple(filled(entries)) or nothing("Variants"), data, stub="Variant", notes=tuple(_notes(part, table)))


def _method(row: Mapping[Any, Any], metric: str) -> Iterator[Entry]:
    head, group = (row["place"], row["variant_label"]), row["method_label"]
    variant = "" if row["variant"] == OTHER_SCORE else row["variant"]
    cell = Cell(row["dataset"], row["encoder"], row["backbone"], row["method"], row["dim"], variant)
    link = f"{cell.path}/ranks.parquet"
    yield Entry(head, (group, metric_label(metric)), spread(row["ours"], row["sd"]), link=link)
    yield Entry(head, (group, "change"), NONE if row["variant"] == "" else percent(row["change_percent"], sign=True))


def _order(row: Mapping[Any, Any], reference: str) -> Iterator[Entry]:
    head = (row["place"], row["variant_label"])
    own = row["variant"] == ""
    if reference:
        rank = NONE if pd.isna(row["rank"]) else f"{count(row['rank'])} of {row['methods']}"
        yield Entry(head, (ORDER, f"{reference}’s place"), rank)
    yield Entry(head, (ORDER, "pairs swapped"), NONE if own else f"{row['swapped']} of {row['pairs']}")
    yield Entry(head, (ORDER, "Kendall’s tau"), NONE if own else signed(row["tau"], 2))


def _notes(part: Findings, table: pd.DataFrame) -> Iterator[str]:
    for row in largest_changes(table).to_dict("records"):
        yield (
            f"{row['place']}: the largest change that a variant makes is {fixed(row['by_variant'])} "
            f"{metric_label(part.main_metric)} ({row['method_label']}, {row['variant_label']}: "
            f"{percent(row['change_percent'], sign=True)}); the largest that the method makes, from {row['worst']} to "
            f"{row['best']} as the study has them, is {fixed(row['by_method'])}."
        )
    yield how_measured(part)
    yield (
        "Change: against the same method as the study. Pairs swapped: pairs of methods that stand strictly the other "
        "way round than in the study; Kendall’s tau is 1 where the order is the same, −1 where it is reversed."
    )
    if (table["variant"] == OTHER_SCORE).any():
        yield "Ranked by the other score: the study’s own members, trained and chosen as they are, ranked again."
