"""The best validation NDCG@20 of n trials, against n."""

import pandas as pd
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import MaxNLocator

from spectran.reporting.expected_best import expected_best
from spectran.reporting.figures.panels import grid, legend, of_places
from spectran.reporting.figures.shown import panels_of, shown_places, with_places
from spectran.reporting.figures.style import finish, looks
from spectran.reporting.findings import Findings
from spectran.reporting.frames import KEY_TYPES, KEYS, empty_frame
from spectran.reporting.trials import search_trials

CURVE: dict[str, type] = {"trials": int} | dict.fromkeys(["mean", "sd", "low", "high"], float)
COLUMNS = ["place", "dataset", "backbone", "method", "method_label", "dim", *CURVE]


def data(findings: Findings) -> pd.DataFrame:
    """One row a cell and number of trials n.

    Mean and sd of the best over all subsets of n trials, and the band: mean less and plus the sd, as far as any subset
    can go. `drawn` of those in the picture. A trial that diverged counts as 0: it was paid for and gave nothing.
    """
    main = findings.part("main")
    rows = [_curve(cell) for _, cell in search_trials(main).groupby(KEYS, sort=False)]
    found = pd.concat(rows, ignore_index=True) if rows else empty_frame(KEY_TYPES | CURVE)
    curves = with_places(main, main.labelled(found))
    return curves.assign(drawn=shown_places(curves))[["drawn", *COLUMNS]]


def draw(findings: Findings) -> Figure:
    """One panel a dataset and backbone; one line and band a method."""
    curves = data(findings)
    curves = curves[curves["drawn"]]
    panels, styles = panels_of(curves), looks(findings.study)
    titles, across = of_places(panels, curves["backbone"].nunique())
    figure, axes = grid(titles, list(curves["method_label"].unique()), columns=across)
    drawn: dict[str, Line2D] = {}
    for number, (panel, here) in enumerate(zip(axes, panels.values(), strict=True)):
        for method, curve in here.groupby("method", sort=False):
            look = styles[str(method)]
            n = curve["trials"].astype(float)
            (line,) = panel.plot(n, curve["mean"], color=look.colour, label=curve["method_label"].iloc[0])
            if look.dashes:
                line.set_dashes(look.dashes)
            panel.fill_between(n, curve["low"], curve["high"], color=look.colour, alpha=0.1, linewidth=0)
            drawn.setdefault(str(method), line)
        panel.xaxis.set_major_locator(MaxNLocator(integer=True, nbins=5))
        panel.set_xlabel("Trials")
        if number % across == 0:
            panel.set_ylabel("Best validation NDCG@20")
    legend(figure, list(drawn.values()))
    finish(figure)
    return figure


def _curve(cell: pd.DataFrame) -> pd.DataFrame:
    values = cell["value"].fillna(0.0)
    mean, sd = expected_best(values)
    band = {"low": (mean - sd).clip(values.min()), "high": (mean + sd).clip(max=values.max())}
    keys = {key: cell[key].iloc[0] for key in KEYS}
    return pd.DataFrame({**keys, "trials": range(1, len(values) + 1), "mean": mean, "sd": sd, **band})
