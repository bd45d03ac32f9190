"""The share of low graph frequencies layer by layer, and all of them behind the last block."""

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from spectran.reporting.figures.panels import grid, legend
from spectran.reporting.figures.roles import LOOKS, handle
from spectran.reporting.figures.style import finish
from spectran.reporting.findings import Findings
from spectran.reporting.frames import KEYS
from spectran.reporting.frequency_cells import (
    FULL,
    RANDOM,
    SASREC,
    VANILLA,
    cell_label,
    first_of,
    frequency_cells,
    places,
)
from spectran.reporting.frequency_shares import USER, last_bands, low_shares

#: What is drawn, in this order.
ROLES = (SASREC, VANILLA, RANDOM, FULL)
LAYERS, BANDS = "by layer", "by band, last layer"
COLUMNS = ["place", "view", *KEYS, "role", "label", "layer", "x", "share", "sd"]


def data(findings: Findings) -> pd.DataFrame:
    """One row a cell and layer (x: percent of the depth), and one a cell and band (x: from 1, the lowest)."""
    shares = low_shares(findings)
    shares = shares[shares["scope"] == USER]
    layers = shares.assign(view=LAYERS, x=100 * shares["layer"] / shares.groupby(KEYS)["layer"].transform("max"))
    bands = last_bands(findings)
    bands = bands.assign(view=BANDS, x=1.0 + bands["band"], share=bands["energy"], layer=-1, sd=float("nan"))
    found = []
    for place, cells in places(frequency_cells(findings)).items():
        own = first_of(cells, *ROLES).drop(columns="place")
        own = own.assign(place=place, label=[cell_label(row) for row in own.to_dict("records")])
        found += [own.merge(rows, on=KEYS, validate="one_to_many") for rows in (layers, bands)]
    return pd.concat(found, ignore_index=True)[COLUMNS] if found else pd.DataFrame(columns=COLUMNS)


def draw(findings: Findings) -> Figure:
    """A row a dataset and language model: the share by layer, and all frequencies behind the last block."""
    table = data(findings)
    panels = [(str(p), str(v), rows) for (p, v), rows in table.groupby(["place", "view"], sort=False)]
    labels = dict(zip(table["label"], table["role"], strict=True))
    figure, axes = grid([place if view == LAYERS else f"{place}, last layer" for place, view, _ in panels], [*labels])
    for panel, (_, view, rows) in zip(axes, panels, strict=True):
        for label, line in rows.groupby("label", sort=False):
            _line(panel, line, labels[str(label)])
        panel.set_ylim(bottom=0)
        if view == LAYERS:
            panel.set_xlabel("Depth, % of the layers")
            panel.set_ylabel("Low-frequency share")
        else:
            panel.set_xticks(sorted(rows["x"].unique()))
            panel.set_xlabel("Band of graph frequency")
            panel.set_ylabel("Energy")
    legend(figure, [handle(role, label) for label, role in labels.items()])
    finish(figure)
    return figure


def _line(panel: Axes, rows: pd.DataFrame, role: str) -> None:
    look, ordered = LOOKS[role], rows.sort_values("x")
    bars = panel.errorbar(
        ordered["x"],
        ordered["share"],
        yerr=ordered["sd"] if ordered["sd"].notna().any() else None,
        color=look.colour,
        marker="o",
        markersize=3.5,
        markerfacecolor=look.fill,
        elinewidth=1,
    )
    if look.dashes:
        bars.lines[0].set_dashes(look.dashes)
