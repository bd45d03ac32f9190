"""Accuracy against the strength of the low-pass filter on the graph, and against the cut-off of that over time."""

from collections.abc import Mapping
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from spectran.config.frequency_cells import PART
from spectran.config.study import Study
from spectran.reporting.figures.panels import grid, legend
from spectran.reporting.figures.style import PALETTE, finish
from spectran.reporting.findings import Findings, metric_label
from spectran.reporting.frames import KEYS
from spectran.reporting.frequency_cells import (
    ALPHA,
    CUTOFF,
    FULL,
    LEARNED,
    VANILLA,
    WITHOUT_GRAPH,
    WITHOUT_TEMPORAL,
    accuracy_of,
    metric_of,
)

#: Sweep: its role, the role of the cell without the filter and where that is drawn, and what is on the axis.
SWEEPS = {
    ALPHA: (ALPHA, WITHOUT_GRAPH, 0.0, "Strength α of G-LPF"),
    CUTOFF: (CUTOFF, WITHOUT_TEMPORAL, 1.0, "Cut-off ω_c of TFM"),
}
GRID, WITHOUT, LEARNT, BASELINE = "grid", "without the filter", "learned", "without either filter"
COLOUR, FURTHER, GREY = PALETTE[3], PALETTE[7], PALETTE[0]
COLUMNS = ["place", "sweep", "kind", "x", *KEYS, "backbone_label", "method_label", "ours", "sd", "seeds"]


def data(findings: Findings) -> pd.DataFrame:
    """One row a cell of a sweep; x is the option, what was learned (mean over seeds and blocks), or NaN of neither."""
    cells, filters = accuracy_of(findings, metric_of(findings)), findings.part(PART).frames.filters
    means = filters.groupby([*KEYS, "parameter"], as_index=False).agg(x=("value", "mean"))
    table = pd.concat([_sweep(findings.study, cells, means, sweep) for sweep in SWEEPS], ignore_index=True)
    order = {place: number for number, place in enumerate(cells["place"].unique())}
    return table.sort_values("place", key=lambda column: column.map(order), kind="stable", ignore_index=True)[COLUMNS]


def _sweep(study: Study, cells: pd.DataFrame, learned: pd.DataFrame, sweep: str) -> pd.DataFrame:
    """The rows of one sweep."""
    role, without, edge, _ = SWEEPS[sweep]
    fixed = cells[cells["role"].isin([FULL, role])]
    trained = cells[cells["role"] == LEARNED]
    learns = [_learns(study, row, sweep) for row in trained.to_dict("records")]
    trained = trained[pd.Series(learns, index=trained.index, dtype=bool)]
    values = learned.loc[learned["parameter"] == sweep, [*KEYS, "x"]]
    kinds = {
        GRID: fixed.assign(x=fixed[sweep]).sort_values("x", kind="stable"),
        WITHOUT: cells[cells["role"] == without].assign(x=edge),
        LEARNT: trained.merge(values, on=KEYS, validate="one_to_one"),
        BASELINE: cells[cells["role"] == VANILLA].assign(x=float("nan")),
    }
    return pd.concat([rows.assign(kind=kind, sweep=sweep) for kind, rows in kinds.items()])


def _learns(study: Study, row: Mapping[Any, Any], sweep: str) -> bool:
    graph, temporal = study.methods[row["method"]].graph_filter, study.backbones[row["backbone"]].temporal_filter
    options = graph if sweep == ALPHA else temporal
    return options is not None and options.learned


def draw(findings: Findings) -> Figure:
    """A row a dataset and language model: a panel a sweep."""
    table = data(findings)
    panels = [(str(p), str(s), rows) for (p, s), rows in table.groupby(["place", "sweep"], sort=False)]
    kinds = [kind for kind in (GRID, WITHOUT, LEARNT, BASELINE) if (table["kind"] == kind).any()]
    handles = [_handle(kind) for kind in kinds]
    figure, axes = grid([place for place, _, _ in panels], [str(one.get_label()) for one in handles], sharey="row")
    for number, (panel, (_, sweep, rows)) in enumerate(zip(axes, panels, strict=True)):
        of = {kind: rows[rows["kind"] == kind] for kind in (GRID, WITHOUT, LEARNT, BASELINE)}
        line = pd.concat([of[GRID], of[WITHOUT]]).sort_values("x")
        panel.plot(line["x"], line["ours"], color=COLOUR, linewidth=1.2, zorder=1)
        for kind in (GRID, WITHOUT, LEARNT):
            _dots(panel, of[kind], kind)
        for height in of[BASELINE]["ours"]:
            panel.axhline(height, color=GREY, linewidth=1.2, linestyle=":")
        panel.set_xlim(-0.05, 1.05)
        panel.set_xlabel(SWEEPS[sweep][-1])
        if number % len(SWEEPS) == 0:
            panel.set_ylabel(metric_label(metric_of(findings)))
    legend(figure, handles)
    finish(figure)
    return figure


def _dots(panel: Axes, rows: pd.DataFrame, kind: str) -> None:
    handle = _handle(kind)
    panel.errorbar(
        rows["x"],
        rows["ours"],
        yerr=rows["sd"] if rows["sd"].notna().any() else None,
        fmt=str(handle.get_marker()),
        color=handle.get_color(),
        markerfacecolor=handle.get_markerfacecolor(),
        markersize=handle.get_markersize(),
        elinewidth=1,
    )


def _handle(kind: str) -> Line2D:
    dots: dict[str, Any] = {
        GRID: {"marker": "o", "color": COLOUR, "markersize": 5, "label": "Fixed"},
        WITHOUT: {"marker": "o", "color": COLOUR, "mfc": "white", "markersize": 6, "label": "Without this filter"},
        LEARNT: {"marker": "D", "color": FURTHER, "markersize": 5, "label": "Learned"},
    }
    if kind == BASELINE:
        return Line2D([], [], color=GREY, ls=":", linewidth=1.2, label="LLM without either")
    return Line2D([], [], ls="", **dots[kind])
