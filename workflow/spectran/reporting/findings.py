"""What a table, figure or claim is made from: the study, its frames, and the printed numbers."""

from dataclasses import dataclass, fields, replace
from functools import cached_property

import pandas as pd

from spectran.config.frequency_cells import PART as FREQUENCIES
from spectran.config.parts import PARTS
from spectran.config.study import Study
from spectran.reporting.catalogue.parts import SPECTRAN
from spectran.reporting.frames import KEYS, Frames
from spectran.reporting.printed import Printed, deviations

ABSENT = "no printed number"


@dataclass(frozen=True)
class Findings:
    """All that the report knows."""

    study: Study
    frames: Frames
    printed: Printed

    def part(self, name: str) -> "Findings":
        """The same with the cells of one part of the study, or of `SPECTRAN`, only; with none where it was not run."""
        if name not in self._parts:
            self._parts[name] = self._part(name)
        return self._parts[name]

    @cached_property
    def _parts(self) -> dict[str, "Findings"]:
        """Parts that were asked for: every table, figure and claim asks, and the frames are large."""
        return {}

    def _part(self, name: str) -> "Findings":
        every = self.frames.cells
        names = [part for part in PARTS if part != FREQUENCIES] if name == SPECTRAN else [name]
        chosen = every[every[names].any(axis=1)]
        cells = chosen.assign(position=range(len(chosen))).reset_index(drop=True)
        frames = {
            field.name: frame.merge(cells[KEYS], on=KEYS) if set(KEYS) <= set(frame.columns) else frame
            for field in fields(self.frames)
            for frame in [getattr(self.frames, field.name)]
        }
        return replace(self, frames=Frames(**(frames | {"cells": cells})))

    @property
    def score(self) -> str:
        """The study's ranking score."""
        return self.study.evaluation.score

    @property
    def other_score(self) -> str:
        """The ranking score that the study does not use."""
        return "dot" if self.score == "cosine" else "cosine"

    @property
    def seed_counts(self) -> list[int]:
        """How many seeds cells have, ascending: the study's, and fewer on backbones that say so."""
        backbones, seeds = self.study.backbones, self.study.seeds
        own = {len(seeds[: backbones[name].training.seeds]) for name in self.frames.cells["backbone"].unique()}
        return sorted(own) or [len(seeds)]

    @property
    def metric_names(self) -> list[str]:
        """Metrics in the paper's order: every NDCG, then every HR."""
        return [f"{kind}@{k}" for kind in ("ndcg", "hr") for k in self.study.evaluation.cutoffs]

    @property
    def main_metric(self) -> str:
        """The metric that tables and figures of one metric show: NDCG@20, or NDCG at the largest K."""
        return "ndcg@20" if "ndcg@20" in self.metric_names else f"ndcg@{max(self.study.evaluation.cutoffs)}"

    @property
    def dataset_labels(self) -> dict[str, str]:
        """What the datasets are called, in the order of the study, by name; also those that no cell is left of."""
        cells = self.frames.cells
        told_apart = dict(zip(cells["dataset"], cells["dataset_label"], strict=True))
        return {name: options.label for name, options in self.study.datasets.items()} | told_apart

    @property
    def method_labels(self) -> list[str]:
        """What the methods are called, in the order of the study."""
        return [str(label) for label in self.frames.cells["method_label"].unique()]

    def labelled(self, frame: pd.DataFrame) -> pd.DataFrame:
        """Add the columns of `frames.cells`, but those of the parts, to a frame of cells.

        Rows are in the order of the study, those of one dataset, backbone and dimension together.
        """
        merged = self.frames.cells.drop(columns=list(PARTS)).merge(frame, on=KEYS, how="inner", validate="one_to_many")
        block = merged.groupby(["dataset", "backbone"])["position"].transform("min")
        order = ["block", "dim", "position"]
        return merged.assign(block=block).sort_values(order, kind="stable", ignore_index=True).drop(columns="block")

    def placed(self, frame: pd.DataFrame, *, dataset: bool = True) -> pd.DataFrame:
        """Add the column place to a frame with the columns of `frames.cells`: where each cell belongs, for the eye."""
        return frame.assign(place=[self.place_of(row, dataset=dataset) for _, row in frame.iterrows()])

    def by_metric(self, frame: pd.DataFrame) -> pd.DataFrame:
        """The rows in the order of `metric_names`."""
        order = {name: number for number, name in enumerate(self.metric_names)}
        return frame.sort_values("metric", key=lambda column: column.map(order), kind="stable", ignore_index=True)

    def accuracy(self, score: str, *, failed: bool = False) -> pd.DataFrame:
        """Mean and standard deviation over the seeds, beside the printed number where there is one.

        Args:
            score: that users' items are ranked by.
            failed: give rows to cells without metrics too, with ours, sd and seeds missing.

        Returns:
            One row a cell and metric: the columns of `frames.cells`, metric, ours, sd (NaN with one seed), seeds,
            printed (NaN where the paper has no number; always so for synthetic data), absolute, relative (in percent).
        """
        metrics = self.frames.metrics
        values = metrics[metrics["score"] == score].groupby([*KEYS, "metric"], as_index=False)
        means = values.agg(ours=("value", "mean"), sd=("value", "std"), seeds=("value", "count"))
        if failed:
            every = self.frames.cells[KEYS].merge(pd.DataFrame({"metric": self.metric_names}), how="cross")
            means = every.merge(means, on=[*KEYS, "metric"], how="left", validate="one_to_one")
        table = self.labelled(self.by_metric(means)).merge(
            self.printed.accuracy, on=["dataset_row", "backbone_row", "method_row", "metric", "dim"], how="left"
        )
        return deviations(table.assign(printed=table["printed"].where(~table["synthetic"])))

    def place_of(self, row: "pd.Series[str]", *, dataset: bool = True) -> str:
        """Where a cell belongs, for the eye: dataset (if asked for), backbone, dimension if the cells have several."""
        parts = [row["dataset_label"]] if dataset else []
        parts.append(row["backbone_label"])
        if len(self.frames.cells["dim"].unique()) > 1:
            parts.append(f"d = {row['dim']}")
        return " · ".join(str(part) for part in parts)


def metric_label(metric: str) -> str:
    """NDCG@10 for ndcg@10."""
    return metric.upper()
