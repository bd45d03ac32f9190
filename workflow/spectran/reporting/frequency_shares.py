"""Shares of graph frequencies in the hidden states of FreLLM4Rec's part, layer by layer."""

import pandas as pd

from spectran.config.frequency_cells import PART
from spectran.reporting.findings import Findings
from spectran.reporting.frames import KEYS

USER, GLOBAL = "user", "global"
COLUMNS = [*KEYS, "scope", "layer", "share", "sd", "seeds"]


def low_shares(findings: Findings) -> pd.DataFrame:
    """The share of low frequencies at every layer, mean and standard deviation over the seeds.

    Within users' sub-graphs it is the energy below `low_share` of the frequencies: of the band that this cuts through,
    the part below it. On the whole graph it is the share of the lowest eigenvectors.

    Returns:
        Columns `COLUMNS`; layer 0 is the input of the first block.
    """
    part = findings.part(PART)
    frame, options = part.frames.frequencies, part.study.parts.frellm4rec
    of_users = frame[frame["scope"] == USER]
    bands = of_users["band"].max() + 1 if len(of_users) else 1
    border = options.low_share * bands if options else 0.0
    weights = (border - of_users["band"]).clip(0, 1)
    rows = pd.concat([of_users.assign(energy=of_users["energy"] * weights), frame[frame["scope"] == GLOBAL]])
    names = [*KEYS, "scope", "layer"]
    # Bands are all NaN where no user was looked at; a sum of nothing must not be 0.
    of_seeds = rows.groupby([*names, "seed"])["energy"].sum(min_count=1).reset_index()
    means = of_seeds.groupby(names, as_index=False).agg(
        share=("energy", "mean"), sd=("energy", "std"), seeds=("energy", "count")
    )
    return means[COLUMNS]


def retained(findings: Findings) -> pd.DataFrame:
    """Low frequencies in the first block's input and behind the last block.

    Returns:
        One row a cell that they were looked at in: KEYS, layers (blocks), first, last (shares in users' sub-graphs),
        change_percent (of `last` against `first`; NaN of 0), and global_first and global_last (on the whole graph).
    """
    shares = low_shares(findings)
    ends = shares.groupby([*KEYS, "scope"])["layer"].agg(["min", "max"]).reset_index()
    found = shares.merge(ends, on=[*KEYS, "scope"], validate="many_to_one")
    wide = {
        (scope, end): found.loc[
            (found["scope"] == scope) & (found["layer"] == found[side]), [*KEYS, "layer", "share"]
        ].rename(columns={"share": name, "layer": f"{name}_layer"})
        for scope, names in ((USER, ("first", "last")), (GLOBAL, ("global_first", "global_last")))
        for end, side, name in zip(("first", "last"), ("min", "max"), names, strict=True)
    }
    table = wide[USER, "first"].merge(wide[USER, "last"], on=KEYS, validate="one_to_one")
    for end in ("first", "last"):
        table = table.merge(wide[GLOBAL, end], on=KEYS, how="left", validate="one_to_one")
    change = 100 * (table["last"] / table["first"].where(table["first"] > 0) - 1)
    kept = [*KEYS, "layers", "first", "last", "change_percent", "global_first", "global_last"]
    return table.assign(layers=table["last_layer"], change_percent=change)[kept]


def last_bands(findings: Findings) -> pd.DataFrame:
    """The energy in each band behind the last block, mean over the seeds: KEYS, band and energy."""
    frame = findings.part(PART).frames.frequencies
    frame = frame[frame["scope"] == USER]
    last = frame["layer"] == frame.groupby(KEYS)["layer"].transform("max")
    return frame[last].groupby([*KEYS, "band"], as_index=False).agg(energy=("energy", "mean"))
