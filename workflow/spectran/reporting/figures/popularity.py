"""How much of the train part and of the test targets falls on the most popular items."""

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from spectran.reporting.figures.panels import grid, legend
from spectran.reporting.figures.shown import panels_of
from spectran.reporting.figures.style import PALETTE, finish
from spectran.reporting.findings import Findings

#: Places of the curves: every hundredth part of the items, or every item where there are fewer.
PLACES = 100
LINES = {"train": ("Train interactions", PALETTE[1]), "test": ("Test targets", PALETTE[8])}
COLUMNS = ["dataset", "dataset_label", "items", "train", "test"]


def data(findings: Findings) -> pd.DataFrame:
    """Shares of train interactions (`train`) and test targets (`test`) of the most popular share of `items`."""
    frame = findings.frames.popularity
    curves = [
        _curve(frame[frame["dataset"] == name]).assign(dataset=name, dataset_label=label)
        for name, label in findings.dataset_labels.items()
        if frame["dataset"].eq(name).any()
    ]
    return pd.concat(curves, ignore_index=True)[COLUMNS] if curves else pd.DataFrame(columns=COLUMNS)


def draw(findings: Findings) -> Figure:
    """One panel a dataset."""
    curves = data(findings)
    panels = panels_of(curves, "dataset_label")
    figure, axes = grid(list(panels), [label for label, _ in LINES.values()])
    head, lines = findings.study.groups.head_share, []
    for panel, curve in zip(axes, panels.values(), strict=True):
        lines = [
            panel.plot(100 * curve["items"], 100 * curve[name], color=colour, label=label)[0]
            for name, (label, colour) in LINES.items()
        ]
        panel.plot([0, 100], [0, 100], color="#8a8a8a", linewidth=0.9, linestyle=":", zorder=1)
        panel.axvline(100 * head, color="#8a8a8a", linewidth=0.9, linestyle="--", zorder=1)
        panel.set_xlim(0, 100)
        panel.set_ylim(0, 102)
        panel.set_xlabel("Most popular items, %")
        panel.set_ylabel("What they have, %")
    legend(figure, lines)
    finish(figure)
    return figure


def _curve(items: pd.DataFrame) -> pd.DataFrame:
    """Running shares at `PLACES` + 1 places from none of the items to all."""
    ordered = items.sort_values("place")
    places = np.unique(np.linspace(0, len(ordered), PLACES + 1).round().astype(int))
    shares = {
        name: np.append(0, ordered[column].cumsum())[places] / max(1, ordered[column].sum())
        for name, column in (("train", "popularity"), ("test", "targets"))
    }
    return pd.DataFrame({"items": places / len(ordered), **shares})
