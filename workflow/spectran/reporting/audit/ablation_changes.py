"""Changes that Table 3's ablations make, which two checks read."""

import pandas as pd

from spectran.reporting.audit.paper import BASE, FULL, PaperTables


def changes(paper: PaperTables) -> pd.DataFrame:
    """Change of every ablation against the full SpecTran.

    Returns:
        backbone, ablation, dataset, metric, full (SpecTran's value), change (percent), in printed order.
    """
    cell, table = ["backbone", "dataset", "metric"], paper.ablations
    full = table[table["method"] == FULL].rename(columns={"value": "full"})[[*cell, "full"]]
    variants = table[~table["method"].isin([BASE, FULL])].rename(columns={"method": "ablation"})
    both = variants.merge(full, on=cell, validate="many_to_one")
    return both.assign(change=100 * (both["value"] / both["full"] - 1)).drop(columns="value")
