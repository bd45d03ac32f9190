"""What a table, figure or claim is made from: the study, its frames, and the printed numbers."""

from dataclasses import dataclass

import pandas as pd

from spectran.config.study import Study
from spectran.reporting.frames import KEYS, Frames
from spectran.reporting.printed import Printed

ABSENT = "no printed number"


@dataclass(frozen=True)
class Findings:
    """All that the report knows."""

    study: Study
    frames: Frames
    printed: Printed

    @property
    def score(self) -> str:
        """The study's ranking score."""
        return self.study.evaluation.score

    @property
    def other_score(self) -> str:
        """The ranking score that the study does not use."""
        return "dot" if self.score == "cosine" else "cosine"

    @property
    def metric_names(self) -> list[str]:
        """Metrics in the paper's order: every NDCG, then every HR."""
        return [f"{kind}@{k}" for kind in ("ndcg", "hr") for k in self.study.evaluation.cutoffs]

    @property
    def method_labels(self) -> list[str]:
        """What the methods are called, in the order of the study."""
        return [str(label) for label in self.frames.cells["method_label"].unique()]

    def labelled(self, frame: pd.DataFrame) -> pd.DataFrame:
        """Add the columns of `frames.cells` to a frame of cells, in the order of the study."""
        merged = self.frames.cells.merge(frame, on=KEYS, how="inner", validate="one_to_many")
        return merged.sort_values("position", kind="stable").reset_index(drop=True)

    def accuracy(self, score: str) -> pd.DataFrame:
        """Mean and standard deviation over the seeds, beside the printed number where there is one.

        Returns:
            One row a cell and metric: the columns of `frames.cells`, metric, ours, sd (NaN with one seed), seeds,
            printed (NaN where the paper has no number; always so for synthetic data), absolute, relative (in percent).
        """
        metrics = self.frames.metrics
        values = metrics[metrics["score"] == score].groupby([*KEYS, "metric"], as_index=False)["value"]
        means = values.agg(ours="mean", sd="std", seeds="count")
        order = {name: number for number, name in enumerate(self.metric_names)}
        means = means.assign(order=means["metric"].map(order)).sort_values("order").drop(columns="order")
        table = self.labelled(means).merge(
            self.printed.accuracy, on=["dataset_row", "backbone_row", "method_row", "metric", "dim"], how="left"
        )
        table["printed"] = table["printed"].where(~table["synthetic"])
        table["absolute"] = table["ours"] - table["printed"]
        table["relative"] = 100 * table["absolute"] / table["printed"]
        return table

    def place_of(self, row: "pd.Series[str]", *, dataset: bool = True) -> str:
        """Where a cell belongs, for the eye: dataset (if asked for), backbone, dimension if there are several."""
        parts = [row["dataset_label"]] if dataset else []
        parts.append(row["backbone_label"])
        if len(self.study.dimensions) > 1:
            parts.append(f"d = {row['dim']}")
        return " · ".join(str(part) for part in parts)


def metric_label(metric: str) -> str:
    """NDCG@10 for ndcg@10."""
    return metric.upper()
