"""Cells: the unit of training, of resuming and of reporting."""

from dataclasses import dataclass, replace
from typing import Any

from spectran.config.backbones import Backbone
from spectran.config.base import Section
from spectran.config.methods import FreLLM4Rec, Method, TextMethodOptions
from spectran.config.parts import NAMED_AXES, points
from spectran.config.study import AXES, Study
from spectran.config.training import Evaluation, Training, Tuning


@dataclass(frozen=True, order=True)
class Cell:
    """One dataset x encoder x backbone x method x dimension, as the study says or under a variant of its protocol."""

    dataset: str
    encoder: str
    backbone: str
    method: str
    dim: int
    variant: str = ""

    @property
    def path(self) -> str:
        """Folder below the study's results, as every rule spells it."""
        place = f"sensitivity/{self.variant}" if self.variant else "cells"
        return f"{place}/{self.dataset}/{self.encoder}/{self.backbone}/{self.method}/d{self.dim}"

    @property
    def label(self) -> str:
        """Its name in messages and logs."""
        return " ".join([self.dataset, self.backbone, self.method, f"d{self.dim}", self.variant]).rstrip()

    @classmethod
    def at(cls, path: str) -> "Cell":
        """The cell whose folder this is: `path` read back."""
        place, dataset, encoder, backbone, method, dim = path.rsplit("/", 5)
        return cls(dataset, encoder, backbone, method, int(dim.removeprefix("d")), place.partition("/")[2])


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
        # What the backbone says of training is in `training`, `tuning` and `seeds` already.
        exclude = {"backbone": {*shown, "training"}, "method": shown, "evaluation": {"cutoffs"}}
        return self.model_dump(mode="json", exclude=exclude)


def cells_of_parts(study: Study) -> dict[str, list[Cell]]:
    """The cells of every part that is run, each in the order in which the study names things."""
    axes = {axis: tuple(getattr(study, axis)) for axis in AXES}
    return {
        name: [
            Cell(dataset, study.encoder.name, backbone, method, dim)
            for dataset, backbone, method, dim in points(part, axes)
        ]
        for name, part in study.parts.named()
    }


def expand(study: Study) -> list[Cell]:
    """All cells of a study but those of variants, each once, in the order in which the study names things.

    Those of its parts, and those whose item vectors one of these reads.
    """
    cells = {cell for part in cells_of_parts(study).values() for cell in part}
    cells |= {source for cell in cells if (source := source_of(study, cell))}
    datasets, backbones, methods = (list(getattr(study, axis)) for axis in NAMED_AXES)
    further = {cell.dim for cell in cells} - set(study.dimensions)
    dimensions = [*study.dimensions, *sorted(further)]

    def position(cell: Cell) -> tuple[int, int, int, int]:
        place = datasets.index(cell.dataset), backbones.index(cell.backbone), methods.index(cell.method)
        return *place, dimensions.index(cell.dim)

    return sorted(cells, key=position)


def variant_cells(study: Study) -> list[Cell]:
    """The cells of the sensitivity part under each of its variants."""
    part = study.parts.sensitivity
    if part is None:
        return []
    cells = cells_of_parts(study)["sensitivity"]
    return [replace(cell, variant=variant) for variant in part.variants for cell in cells]


def text_folder(study: Study, method: str) -> str:
    """Folder below a dataset's text/ and spectra/ of the vectors that a method reads: the encoder's or a stand-in."""
    options = study.methods[method]
    if isinstance(options, TextMethodOptions) and options.vectors != "titles":
        return f"{study.encoder.name}-{options.vectors}"
    return study.encoder.name


def settings_of(study: Study, cell: Cell) -> CellSettings:
    """The part of the study that this cell depends on."""
    study = study.under(cell.variant)
    backbone = study.backbones[cell.backbone]
    own = backbone.training
    return CellSettings(
        backbone=backbone,
        method=study.methods[cell.method],
        dim=cell.dim,
        history=study.protocol.history,
        training=own.training(study.training),
        tuning=own.tuning(study.tuning),
        evaluation=study.evaluation,
        seeds=study.seeds[: own.seeds],
    )


def source_of(study: Study, cell: Cell) -> Cell | None:
    """The cell whose trained item vectors this one's method reads; None for a method that reads none."""
    method = study.methods[cell.method]
    if not isinstance(method, FreLLM4Rec):
        return None
    source = method.collaborative
    return replace(cell, backbone=source.backbone, method=source.method, dim=source.dim)
