"""Control cells: what is computed once for each dataset and control, whatever the backbones and dimensions are."""

from dataclasses import dataclass
from itertools import product
from typing import Any

from spectran.config.base import Section
from spectran.config.controls import Control
from spectran.config.study import Study
from spectran.config.training import Ties


@dataclass(frozen=True, order=True)
class ControlCell:
    """One dataset x encoder x control. The encoder is named even where no text is read: one shape for all paths."""

    dataset: str
    encoder: str
    control: str

    @property
    def path(self) -> str:
        """Folder below the study's results, as every rule spells it."""
        return f"controls/{self.dataset}/{self.encoder}/{self.control}"


class ControlSettings(Section):
    """Everything of a study that a control's numbers depend on."""

    control: Control
    history: int
    ties: Ties

    def numbers(self) -> dict[str, Any]:
        """Plain values of all that a control's files depend on: its name in tables is left out."""
        return self.model_dump(mode="json", exclude={"control": {"label"}})


def expand_controls(study: Study) -> list[ControlCell]:
    """All control cells of a study, in the order in which the study names things."""
    return [ControlCell(*point) for point in product(study.datasets, [study.encoder.name], study.controls)]


def control_settings(study: Study, control: str) -> ControlSettings:
    """The part of the study that this control depends on."""
    return ControlSettings(control=study.controls[control], history=study.protocol.history, ties=study.evaluation.ties)
