"""The paper's printed numbers (config/published), in the form that ours are in."""

from dataclasses import dataclass
from pathlib import Path

import pandas as pd

#: Item dimension of the paper's Tables 2, 3, 5 and 6 (SpecTran section 4.1.5).
PRINTED_DIM = 128
#: The encoder of every printed number.
PRINTED_ENCODER = "meta-llama/Meta-Llama-3-8B"
#: Columns of the encoder's vectors.
PRINTED_TEXT_DIM = 4096
#: The backbone of Tables 4 and 5: their rows are those of SASRec in Table 2, and its parameter count.
PRINTED_BACKBONE = "sasrec"
#: The dataset of Table 5.
PRINTED_COST_DATASET = "toys"


@dataclass(frozen=True)
class Printed:
    """What the paper prints."""

    statistics: pd.DataFrame
    """Table 1: dataset_row, users, items, interactions, density_percent."""
    accuracy: pd.DataFrame
    """Tables 2, 3 and 4: dataset_row, backbone_row, method_row, metric, dim, printed."""
    cost: pd.DataFrame
    """Table 5: method_row, quantity (parameters in millions, training or inference in seconds), printed."""
    weights: pd.DataFrame
    """Table 6: dataset_row, weights (principal or subordinate), printed."""
    methods: frozenset[str]
    """Rows of Table 2."""
    variants: frozenset[str]
    """Rows of Table 3 that are ablations of SpecTran."""


def read_printed(folder: Path) -> Printed:
    """Read table1.csv to table6.csv.

    Table 4 at d = 128 is left to Table 2: three of its rows are copies, and the fourth, RLMRec, copies WhitenRec's.
    """
    table2 = pd.read_csv(folder / "table2.csv").rename(columns={"method": "method_row"})
    table3 = pd.read_csv(folder / "table3.csv").rename(columns={"variant": "method_row"})
    table4 = pd.read_csv(folder / "table4.csv").rename(columns={"method": "method_row"})
    methods = frozenset(table2["method_row"].unique())
    ablations = table3[~table3["method_row"].isin(methods)]
    others = table4[table4["dim"] != PRINTED_DIM].assign(backbone=PRINTED_BACKBONE)
    accuracy = pd.concat([table2.assign(dim=PRINTED_DIM), ablations.assign(dim=PRINTED_DIM), others], ignore_index=True)
    return Printed(
        statistics=pd.read_csv(folder / "table1.csv").rename(columns={"dataset": "dataset_row"}),
        accuracy=accuracy.rename(columns={"dataset": "dataset_row", "backbone": "backbone_row", "value": "printed"}),
        cost=_cost(folder / "table5.csv"),
        weights=pd.read_csv(folder / "table6.csv").melt("weights", var_name="dataset_row", value_name="printed"),
        methods=methods,
        variants=frozenset(ablations["method_row"].unique()),
    )


def deviations(data: pd.DataFrame) -> pd.DataFrame:
    """Add absolute (ours minus printed) and relative (in percent of printed) to columns ours and printed."""
    absolute = data["ours"] - data["printed"]
    return data.assign(absolute=absolute, relative=100 * absolute / data["printed"])


def _cost(path: Path) -> pd.DataFrame:
    """Table 5, where the backbone alone goes by its own name."""
    quantities = {
        "trainable_parameters_millions": "parameters",
        "training_seconds": "training",
        "inference_seconds": "inference",
    }
    table = pd.read_csv(path).rename(columns={"method": "method_row"} | quantities)
    table["method_row"] = table["method_row"].replace("SASRec", "Base")
    return table.melt("method_row", list(quantities.values()), var_name="quantity", value_name="printed")
