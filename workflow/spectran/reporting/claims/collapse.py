"""Claims about spectral collapse (the paper's Figure 1)."""

import pandas as pd

from spectran.reporting.adapters import ADAPTERS, why
from spectran.reporting.claims.verdict import Outcome, Verdict
from spectran.reporting.cumulative_shares import cumulative_shares
from spectran.reporting.findings import Findings
from spectran.reporting.frames import KEYS
from spectran.reporting.gains import FULL
from spectran.reporting.render.numbers import percent

#: An adapter counts as collapsed from this share on: the paper says about 95 %, read off a figure.
COLLAPSED = 0.90
#: In a table of fewer columns ten values are a large part of all whatever the spectrum, so the claim says nothing.
MIN_WIDTH = 32
PLACE = ["dataset", "encoder", "backbone", "dim"]


def spectra(main: Findings) -> pd.DataFrame:
    """A row a cell with a trained semantic table of at least `MIN_WIDTH` columns.

    Returns:
        The columns of `frames.cells`, width, share (of the first ten singular values of the covariance) and used
        (effective rank over width).
    """
    shares = cumulative_shares(main, "semantic", "covariance")
    shares = shares.assign(width=shares.groupby(KEYS)["index"].transform("max"))
    wanted = (shares["index"] == 10) & (shares["table"] == "semantic") & (shares["width"] >= MIN_WIDTH)
    collapse = main.frames.collapse
    trained = (collapse["table"] == "semantic") & (collapse["moment"] == "trained")
    ranks = collapse[trained & (collapse["measure"] == "effective_rank")].groupby(KEYS, as_index=False)["value"].mean()
    cells = shares[wanted].merge(ranks, on=KEYS, validate="one_to_one")
    return cells.assign(used=cells["value"] / cells["width"]).drop(columns=["index", "table", "value"])


def adapters_collapse(findings: Findings) -> Verdict:
    """The ten leading directions of every adapter carry about 95 % in every cell."""
    claim = (
        "adapters_collapse",
        "The item embeddings of adapters collapse: the ten leading singular values carry about 95 %.",
        "SpecTran, section 1 and Figure 1",
    )
    cells = spectra(findings.part("main"))
    cells = cells[cells["method_row"].isin(ADAPTERS)]
    if cells.empty:
        return Verdict(
            *claim,
            "undecided",
            f"A cell of an adapter with a semantic table of at least {MIN_WIDTH} columns is needed.",
        )
    values = [
        f"{label} {_range(group['share'])} of {_widths(group['width'])} columns, collapsed in "
        f"{int((group['share'] >= COLLAPSED).sum())} of {len(group)}"
        for label, group in cells.groupby("method_label", sort=False)
    ]
    evidence = f"Top-10 share of the trained semantic tables (threshold {percent(100 * COLLAPSED, 0)}): "
    outcome: Outcome = "holds" if (cells["share"] >= COLLAPSED).all() else "fails"
    return Verdict(*claim, outcome, f"{evidence}{'; '.join(values)}. {why()}")


def spectran_collapses_less(findings: Findings) -> Verdict:
    """In every cell, SpecTran's top-10 share is below each adapter's, and it uses more of its width.

    An adapter's semantic table is half as wide where text and ID are concatenated, so that ten directions are twice the
    part of it: the share alone would be unfair. If the two measures disagree, nothing is decided.
    """
    claim = (
        "spectran_collapses_less",
        "SpecTran keeps more directions than an adapter: lower top-10 share, larger effective rank over width.",
        "SpecTran, section 1 and Figure 1",
    )
    cells = spectra(findings.part("main"))
    numbers = [*PLACE, "share", "used", "width"]
    full = cells[cells["method_row"] == FULL][numbers]
    both = cells[cells["method_row"].isin(ADAPTERS)].merge(full, on=PLACE, suffixes=("", "_full"))
    if both.empty:
        return Verdict(
            *claim,
            "undecided",
            f"Cells of SpecTran and of an adapter with semantic tables of at least {MIN_WIDTH} columns are needed.",
        )
    both = both.assign(share_less=both["share_full"] < both["share"], used_more=both["used_full"] > both["used"])
    values = [
        f"{label}: share {_range(group['share_full'])} against {_range(group['share'])}, lower in "
        f"{int(group['share_less'].sum())} of {len(group)}; effective rank {_range(group['used_full'])} of "
        f"{_widths(group['width_full'])} against {_range(group['used'])} of {_widths(group['width'])}, larger in "
        f"{int(group['used_more'].sum())}"
        for label, group in both.groupby("method_label", sort=False)
    ]
    by_share, by_rank = bool(both["share_less"].all()), bool(both["used_more"].all())
    outcome: Outcome = "undecided" if by_share != by_rank else "holds" if by_share else "fails"
    disagree = " The two measures disagree." if by_share != by_rank else ""
    return Verdict(*claim, outcome, f"SpecTran against {'; '.join(values)}.{disagree}")


def _range(shares: "pd.Series[float]") -> str:
    """One share in percent, or the smallest and the largest."""
    low, high = percent(100 * shares.min()), percent(100 * shares.max())
    return low if low == high else f"{low} to {high}"


def _widths(widths: "pd.Series[int]") -> str:
    return " or ".join(map(str, sorted(widths.unique())))
