"""Accuracy of users by the locality of their sequences."""

import pandas as pd
from matplotlib.figure import Figure

from spectran.reporting.figures.panels import grid, legend
from spectran.reporting.figures.roles import LOOKS, handle
from spectran.reporting.figures.style import finish
from spectran.reporting.findings import Findings, metric_label
from spectran.reporting.frames import KEYS
from spectran.reporting.frequency_cells import cell_label, metric_of
from spectran.reporting.tables.frellm4rec_locality import ROLES, by_locality

#: Share of the distance between two groups that their dots take.
FILLED = 0.3
COLUMNS = ["place", *KEYS, "role", "label", "group", "users", "lowest", "highest", "value", "low", "high"]


def data(findings: Findings) -> pd.DataFrame:
    """One row a cell and group of users."""
    table = by_locality(findings)
    labels = [cell_label(row) for row in table.to_dict("records")]
    return table.assign(place=table["dataset_label"], label=labels)[COLUMNS]


def draw(findings: Findings) -> Figure:
    """One panel a dataset; a line a method."""
    table = data(findings)
    panels = [(str(place), rows) for place, rows in table.groupby("place", sort=False)]
    labels = dict(zip(table["label"], table["role"], strict=True))
    figure, axes = grid([place for place, _ in panels], [*labels])
    for panel, (_, rows) in zip(axes, panels, strict=True):
        for label, line in rows.groupby("label", sort=False):
            look = LOOKS[labels[str(label)]]
            beside = (ROLES.index(labels[str(label)]) / (len(ROLES) - 1) - 0.5) * FILLED
            bars = panel.errorbar(
                line["group"] + beside,
                line["value"],
                yerr=[line["value"] - line["low"], line["high"] - line["value"]],
                color=look.colour,
                marker="o",
                markersize=4,
                markerfacecolor=look.fill,
                elinewidth=1,
            )
            if look.dashes:
                bars.lines[0].set_dashes(look.dashes)
        panel.set_xticks(sorted(rows["group"].unique()))
        panel.set_xlabel("Users, from the least local sequences")
        panel.set_ylabel(metric_label(metric_of(findings)))
    legend(figure, [handle(role, label) for label, role in labels.items()])
    finish(figure)
    return figure
