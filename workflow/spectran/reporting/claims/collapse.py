"""Claims about spectral collapse (the paper's Figure 1)."""

import pandas as pd

from spectran.reporting.claims.verdict import Verdict, sample
from spectran.reporting.figures.shares import cumulative_shares
from spectran.reporting.findings import Findings
from spectran.reporting.frames import KEYS
from spectran.reporting.render.numbers import percent

#: An adapter counts as collapsed from this share on: the paper says about 95 %, read off a figure.
COLLAPSED = 0.90
#: In a table of fewer columns ten values are a large part of all whatever the spectrum, so the claim says nothing.
MIN_WIDTH = 32


def top10_shares(findings: Findings, row: str) -> pd.DataFrame:
    """Share of the first ten singular values of the trained semantic covariance, a row a cell of this method."""
    shares = cumulative_shares(findings, "semantic", "covariance")
    shares = shares.assign(width=shares.groupby(KEYS)["index"].transform("max"))
    wanted = (shares["index"] == 10) & (shares["table"] == "semantic") & (shares["width"] >= MIN_WIDTH)
    shares = shares[wanted & (shares["method_row"] == row)]
    return shares.assign(place=[findings.place_of(cell) for _, cell in shares.iterrows()])


def adapters_collapse(findings: Findings) -> Verdict:
    """MoRec's ten leading directions carry about 95 % in every cell."""
    claim = (
        "adapters_collapse",
        "An adapter's item embeddings collapse: the ten leading singular values carry about 95 %.",
        "SpecTran, section 1 and Figure 1",
    )
    shares = top10_shares(findings, "MoRec")
    if shares.empty:
        return Verdict(
            *claim, "undecided", f"A cell of MoRec with a semantic table of at least {MIN_WIDTH} columns is needed."
        )
    values = [
        f"{cell['place']}: {percent(100 * cell['share'])} of {cell['width']} columns"
        for cell in shares.to_dict("records")
    ]
    evidence = (
        f"Top-10 share of MoRec's trained semantic table (threshold {percent(100 * COLLAPSED, 0)}): {sample(values)}."
    )
    return Verdict(*claim, "holds" if (shares["share"] >= COLLAPSED).all() else "fails", evidence)


def spectran_collapses_less(findings: Findings) -> Verdict:
    """SpecTran's top-10 share is below MoRec's in every cell that has both."""
    claim = (
        "spectran_collapses_less",
        "SpecTran keeps more directions than an adapter: its top-10 share is lower.",
        "SpecTran, section 1 and Figure 1",
    )
    keys = ["dataset", "encoder", "backbone", "dim"]
    adapter = top10_shares(findings, "MoRec")[[*keys, "share"]]
    both = top10_shares(findings, "SpecTran").merge(adapter, on=keys, suffixes=("", "_adapter"))
    if both.empty:
        return Verdict(
            *claim,
            "undecided",
            f"Cells of SpecTran and MoRec with semantic tables of at least {MIN_WIDTH} columns are needed.",
        )
    values = [
        f"{cell['place']}: {percent(100 * cell['share'])} against {percent(100 * cell['share_adapter'])}"
        for cell in both.to_dict("records")
    ]
    return Verdict(
        *claim,
        "holds" if (both["share"] < both["share_adapter"]).all() else "fails",
        f"Top-10 share, SpecTran against MoRec: {sample(values)}.",
    )
