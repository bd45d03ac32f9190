"""Untrained controls: what simple counting, linear algebra or text alone reach. One file each."""

from collections.abc import Callable, Mapping
from typing import Any

from spectran.data.sequences import Ids, Sequences
from spectran.models.controls.control import UntrainedControl
from spectran.models.controls.ease import EaseControl
from spectran.models.controls.item_knn import ItemKnnControl
from spectran.models.controls.markov import MarkovControl
from spectran.models.controls.popularity import PopularityControl
from spectran.models.controls.text_knn import TextKnnControl
from spectran.models.features import ItemFeatures

#: The code of each kind of control.
CONTROLS: dict[str, Callable[..., UntrainedControl]] = {
    "popularity": PopularityControl,
    "markov": MarkovControl,
    "item-knn": ItemKnnControl,
    "ease": EaseControl,
    "text-knn": TextKnnControl,
}


def fit_control(kind: str, train: Sequences, features: ItemFeatures, point: Mapping[str, Any]) -> UntrainedControl:
    """Fit a control.

    Args:
        kind: which one, as its options name it.
        train: the train part of every user; all that a control ever learns from.
        features: frozen text features of the dataset, for a control that reads them.
        point: one point of the control's own grid.
    """
    return CONTROLS[kind](train, features, **fitted_by(point))


def fitted_by(point: Mapping[str, Any]) -> dict[str, Any]:
    """The part of a point that the fit depends on; `last` is about what is read of a history only."""
    return {name: value for name, value in point.items() if name != "last"}


def window(histories: Ids, point: Mapping[str, Any]) -> Ids:
    """What a control reads of histories (B, T): the items that its `last` leaves, shape (B, T or fewer)."""
    last = point.get("last")
    return histories if last is None else histories[:, -last:]
