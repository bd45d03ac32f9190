"""Cells: the unit of training, of resuming and of reporting."""

from dataclasses import dataclass
from itertools import product
from typing import Any

from spectran.config.backbones import Backbone
from spectran.config.base import Section
from spectran.config.methods import Method
from spectran.config.study import Study
from spectran.config.training import Evaluation, Training, Tuning


@dataclass(frozen=True, order=True)
class Cell:
    """One dataset x encoder x backbone x method x dimension."""

    dataset: str
    encoder: str
    backbone: str
    method: str
    dim: int

    @property
    def path(self) -> str:
        """Folder below the study's results, as every rule spells it."""
        return f"cells/{self.dataset}/{self.encoder}/{self.backbone}/{self.method}/d{self.dim}"


class CellSettings(Section):
    """Everything of a study that a cell's numbers depend on: another value here, and only here, trains it again."""

    backbone: Backbone
    method: Method
    dim: int
    history: int
    training: Training
    tuning: Tuning
    evaluation: Evaluation
    seeds: tuple[int, ...]

    def numbers(self) -> dict[str, Any]:
        """Plain values of all that a cell's files depend on: names and cutoffs of tables are left out."""
        shown = {"label", "row"}
        exclude = {"backbone": shown, "method": shown, "evaluation": {"cutoffs"}}
        return self.model_dump(mode="json", exclude=exclude)


def expand(study: Study) -> list[Cell]:
    """All cells of a study, in the order in which the study names things."""
    axes = product(study.datasets, [study.encoder.name], study.backbones, study.methods, study.dimensions)
    return [Cell(*point) for point in axes]


def settings_of(study: Study, cell: Cell) -> CellSettings:
    """The part of the study that this cell depends on."""
    return CellSettings(
        backbone=study.backbones[cell.backbone],
        method=study.methods[cell.method],
        dim=cell.dim,
        history=study.protocol.history,
        training=study.training,
        tuning=study.tuning,
        evaluation=study.evaluation,
        seeds=study.seeds,
    )
