"""The published tables in full, as the audit recomputes them."""

from dataclasses import dataclass
from pathlib import Path

import pandas as pd

#: Table 4 prints no backbone; its rows at d = 128 are those of Table 2's SASRec.
TABLE4_BACKBONE = "sasrec"
#: Columns of LLaMA3-8B's embeddings, and their rank where it is full.
TEXT_DIM = 4096
FULL = "SpecTran"
BASE = "Base"


class PaperTableError(ValueError):
    """A published table lacks a column, or has a value that is not a number."""


@dataclass(frozen=True)
class PaperTables:
    """Every table that the paper prints, tidy."""

    statistics: pd.DataFrame
    """Table 1: dataset, users, items, interactions, density_percent."""
    accuracy: pd.DataFrame
    """Table 2: backbone, method, dataset, metric, value."""
    improvement: pd.DataFrame
    """Table 2's last rows: backbone, dataset, metric, value in percent."""
    ablations: pd.DataFrame
    """Table 3: backbone, method (a variant's name), dataset, metric, value."""
    dimensions: pd.DataFrame
    """Table 4: dim, method, dataset, metric, value."""
    cost: pd.DataFrame
    """Table 5: method, trainable_parameters_millions, training_seconds, inference_seconds."""
    weights: pd.DataFrame
    """Table 6: dataset, principal, subordinate."""

    @property
    def users(self) -> dict[str, int]:
        """Users of each dataset (Table 1)."""
        return {str(row["dataset"]): int(row["users"]) for row in self.statistics.to_dict("records")}

    @property
    def methods(self) -> pd.DataFrame:
        """Table 2 with a column a method, indexed by backbone, dataset and metric in printed order."""
        return wide(self.accuracy, ["backbone", "dataset", "metric"])


def read_paper(folder: Path) -> PaperTables:
    """Read table1.csv to table6.csv and table2_improvement_percent.csv.

    Raises:
        PaperTableError: naming the file, and the column or line.
    """
    cell = ["dataset", "metric"]
    weights = _read(folder / "table6.csv", ["weights"], ["toys", "beauty", "clothing", "office"]).set_index("weights").T
    numbers = ["trainable_parameters_millions", "training_seconds", "inference_seconds"]
    return PaperTables(
        statistics=_read(folder / "table1.csv", ["dataset"], ["users", "items", "interactions", "density_percent"]),
        accuracy=_read(folder / "table2.csv", ["backbone", "method", *cell], ["value"]),
        improvement=_read(folder / "table2_improvement_percent.csv", ["backbone", *cell], ["value"]),
        ablations=_read(folder / "table3.csv", ["backbone", "variant", *cell], ["value"]).rename(
            columns={"variant": "method"}
        ),
        dimensions=_read(folder / "table4.csv", ["method", *cell], ["dim", "value"]),
        cost=_read(folder / "table5.csv", ["method"], numbers),
        weights=weights.rename_axis(index="dataset", columns=None).reset_index(),
    )


def wide(table: pd.DataFrame, index: list[str]) -> pd.DataFrame:
    """One column a method; rows in printed order."""
    return table.pivot_table(index=index, columns="method", values="value", sort=False).rename_axis(columns=None)


def _read(path: Path, words: list[str], numbers: list[str]) -> pd.DataFrame:
    table = pd.read_csv(path)
    missing = [column for column in [*words, *numbers] if column not in table]
    if missing:
        raise PaperTableError(f"{path}: columns {missing} expected, found {list(table.columns)}")
    for column in numbers:
        bad = pd.to_numeric(table[column], errors="coerce").isna()
        if bad.any():
            line = int(bad.to_numpy().argmax())
            raise PaperTableError(
                f"{path}, line {line + 2}: a number expected in column {column!r}, found {str(table[column][line])!r}"
            )
    return table[[*words, *numbers]]
