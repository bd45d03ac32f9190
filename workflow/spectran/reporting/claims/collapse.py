"""Claims about spectral collapse (the paper's Figure 1)."""

import pandas as pd

from spectran.reporting.claims.verdict import Outcome, Verdict, sample
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


def used_widths(findings: Findings, row: str) -> pd.DataFrame:
    """The cells of `top10_shares` with used: the trained semantic table's effective rank over its width."""
    collapse = findings.frames.collapse
    trained = (collapse["table"] == "semantic") & (collapse["moment"] == "trained")
    ranks = collapse[trained & (collapse["measure"] == "effective_rank")].groupby(KEYS, as_index=False)["value"].mean()
    cells = top10_shares(findings, row).merge(ranks, on=KEYS, validate="one_to_one")
    return cells.assign(used=cells["value"] / cells["width"])


def spectran_collapses_less(findings: Findings) -> Verdict:
    """In every cell that has both, SpecTran's top-10 share is below MoRec's, and it uses more of its width.

    MoRec's semantic table is half as wide where text and ID are concatenated, so that ten directions are twice the part
    of it: the share alone would be unfair. If the two measures disagree, nothing is decided.
    """
    claim = (
        "spectran_collapses_less",
        "SpecTran keeps more directions than an adapter: lower top-10 share, larger effective rank over width.",
        "SpecTran, section 1 and Figure 1",
    )
    keys = ["dataset", "encoder", "backbone", "dim"]
    adapter = used_widths(findings, "MoRec")[[*keys, "share", "used", "width"]]
    both = used_widths(findings, "SpecTran").merge(adapter, on=keys, suffixes=("", "_adapter"))
    if both.empty:
        return Verdict(
            *claim,
            "undecided",
            f"Cells of SpecTran and MoRec with semantic tables of at least {MIN_WIDTH} columns are needed.",
        )
    values = [
        f"{cell['place']}: top-10 share {percent(100 * cell['share'])} against {percent(100 * cell['share_adapter'])}, "
        f"effective rank over width {percent(100 * cell['used'])} of {cell['width']} against "
        f"{percent(100 * cell['used_adapter'])} of {cell['width_adapter']}"
        for cell in both.to_dict("records")
    ]
    by_share = bool((both["share"] < both["share_adapter"]).all())
    by_rank = bool((both["used"] > both["used_adapter"]).all())
    outcome: Outcome = "undecided" if by_share != by_rank else "holds" if by_share else "fails"
    disagree = " The two measures disagree." if by_share != by_rank else ""
    return Verdict(*claim, outcome, f"SpecTran against MoRec: {sample(values)}.{disagree}")
