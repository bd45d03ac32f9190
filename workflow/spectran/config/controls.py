"""Options of the untrained controls (one class a control). A list of values is tried one by one on validation."""

from itertools import product
from typing import Annotated, Any, Literal

from pydantic import Field, NonNegativeFloat, PositiveFloat

from spectran.config.base import PositiveInt, Section
from spectran.config.methods import Feature
from spectran.config.training import Axis

#: Numbers of items from the end of the history; null stands for all that trained methods see.
Window = Axis[PositiveInt | None]


class ControlOptions(Section):
    """What every control has: a name for tables, and its own small grid (each key that is a list is an axis)."""

    label: str
    """Name shown in tables."""

    def reads(self) -> frozenset[Feature]:
        """Text features that the control reads; none unless it says so."""
        return frozenset()

    def points(self) -> list[dict[str, Any]]:
        """Every point of the grid, in the order of the lists; one empty point where there is nothing to choose."""
        axes = {name: values for name, values in self if isinstance(values, tuple)}
        return [dict(zip(axes, values, strict=True)) for values in product(*axes.values())]


class Popularity(ControlOptions):
    """Every user gets the items in the order of their counts: what no personal method may fall short of."""

    kind: Literal["popularity"] = "popularity"
    """Which control this entry configures; the entry's own name when left out."""
    label: str = "Popularity"


class Markov(ControlOptions):
    """What most often followed the user's last item: order alone, without any similarity."""

    kind: Literal["markov"] = "markov"
    """Which control this entry configures; the entry's own name when left out."""
    label: str = "Markov (last item)"
    back_off: Axis[bool] = (True, False)
    """Order items that never followed the last one by popularity, or leave them tied; most items never did."""


class ItemKnn(ControlOptions):
    """Item kNN (Sarwar et al. 2001): items that users of the history's items have too."""

    kind: Literal["item-knn"] = "item-knn"
    """Which control this entry configures; the entry's own name when left out."""
    label: str = "Item kNN"
    neighbours: Axis[PositiveInt] = (10, 20, 50, 200)
    """Most similar items that each item keeps; from few to nearly all that share a user in data this sparse."""
    shrinkage: Axis[NonNegativeFloat] = (0.0, 10.0, 30.0, 100.0)
    """Added to the cosine's denominator, so that one common user of two rare items is no proof of likeness."""
    last: Window = (1, 2, 3, 5, None)
    """Latest items of the history that are read, null for all: without it a model blind to order stays far behind."""


class Ease(ControlOptions):
    """EASE (Steck 2019): a linear item-item model in closed form, often ahead of deep ones on sparse data."""

    kind: Literal["ease"] = "ease"
    """Which control this entry configures; the entry's own name when left out."""
    label: str = "EASE"
    penalty: Axis[PositiveFloat] = (10.0, 30.0, 100.0, 300.0, 1000.0, 3000.0)
    """L2 penalty lambda; the paper's own are 200 to 1000, on data with far more users an item."""
    last: Window = (1, 2, 3, 5, None)
    """Latest items of the history that are read, null for all (the published model), for the same reason."""


class TextKnn(ControlOptions):
    """Items whose titles are near the mean title of the history: the text encoder alone, without any training."""

    kind: Literal["text-knn"] = "text-knn"
    """Which control this entry configures; the entry's own name when left out."""
    label: str = "Text kNN"
    last: Window = (1, 2, 3, 5, None)
    """Latest items of the history whose titles are averaged, null for all; older ones may speak of another wish."""

    def reads(self) -> frozenset[Feature]:
        """The embeddings."""
        return frozenset({"embeddings"})


#: Every control's options, told apart by `kind`. A new control adds its class here.
Control = Annotated[Popularity | Markov | ItemKnn | Ease | TextKnn, Field(discriminator="kind")]
