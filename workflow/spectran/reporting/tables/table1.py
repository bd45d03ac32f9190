"""Table 1: the datasets, ours beside the printed."""

import pandas as pd

from spectran.reporting.findings import ABSENT, Findings
from spectran.reporting.render.numbers import count, fixed, signed
from spectran.reporting.render.table import Entry, Table

STATISTICS = {"users": "Users", "items": "Items", "interactions": "Interactions", "density_percent": "Density, %"}


def build(findings: Findings) -> Table:
    """One row a dataset; a synthetic one has no printed number whatever its name."""
    data = statistics(findings)
    entries = []
    for row in data.to_dict("records"):
        share = row["statistic"] == "density_percent"
        absent = pd.isna(row["printed"])
        head, group = ("", row["label"]), STATISTICS[row["statistic"]]
        link = f"data/{row['dataset']}/statistics.json"
        printed = fixed(row["printed"]) if share else count(row["printed"])
        difference = signed(row["difference"], 4) if share else signed(row["difference"], 0)
        entries += [
            Entry(head, (group, "ours"), fixed(row["ours"]) if share else count(row["ours"]), link=link),
            Entry(head, (group, "printed"), ABSENT if absent else printed, mark="absent" if absent else ""),
            Entry(head, (group, "difference"), difference),
        ]
    return Table(tuple(entries), data, stub="Dataset")


def statistics(findings: Findings) -> pd.DataFrame:
    """Tidy: dataset, label, statistic, ours, printed, difference."""
    labels = findings.frames.cells.drop_duplicates("dataset")[["dataset", "dataset_row", "dataset_label", "synthetic"]]
    ours = findings.frames.datasets.melt("dataset", list(STATISTICS), var_name="statistic", value_name="ours")
    printed = findings.printed.statistics.melt(
        "dataset_row", list(STATISTICS), var_name="statistic", value_name="printed"
    )
    data = labels.merge(ours, on="dataset").merge(printed, on=["dataset_row", "statistic"], how="left")
    data["printed"] = data["printed"].where(~data["synthetic"])
    data["difference"] = data["ours"] - data["printed"]
    columns = {"dataset_label": "label"}
    return data.rename(columns=columns)[["dataset", "label", "statistic", "ours", "printed", "difference"]]
