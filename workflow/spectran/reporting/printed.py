"""The paper's printed numbers (config/published), in the form that ours are in."""

from dataclasses import dataclass
from pathlib import Path

import pandas as pd

#: Item dimension of the paper's Tables 2 and 3 (SpecTran section 4.1.5).
PRINTED_DIM = 128
#: The encoder of every printed number.
PRINTED_ENCODER = "meta-llama/Meta-Llama-3-8B"


@dataclass(frozen=True)
class Printed:
    """What the paper prints."""

    statistics: pd.DataFrame
    """Table 1: dataset_row, users, items, interactions, density_percent."""
    accuracy: pd.DataFrame
    """Tables 2 and 3: dataset_row, backbone_row, method_row, metric, dim, printed."""
    methods: frozenset[str]
    """Rows of Table 2."""
    variants: frozenset[str]
    """Rows of Table 3 that are ablations of SpecTran."""


def read_printed(folder: Path) -> Printed:
    """Read table1.csv, table2.csv and table3.csv."""
    table2 = pd.read_csv(folder / "table2.csv").rename(columns={"method": "method_row"})
    table3 = pd.read_csv(folder / "table3.csv").rename(columns={"variant": "method_row"})
    methods = frozenset(table2["method_row"].unique())
    ablations = table3[~table3["method_row"].isin(methods)]
    accuracy = (
        pd.concat([table2, ablations], ignore_index=True)
        .rename(columns={"dataset": "dataset_row", "backbone": "backbone_row", "value": "printed"})
        .assign(dim=PRINTED_DIM)
    )
    return Printed(
        statistics=pd.read_csv(folder / "table1.csv").rename(columns={"dataset": "dataset_row"}),
        accuracy=accuracy,
        methods=methods,
        variants=frozenset(ablations["method_row"].unique()),
    )
