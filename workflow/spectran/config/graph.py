"""Options of the item graph and of the low-pass filter on it (FreLLM4Rec's G-LPF)."""

from typing import Annotated, Literal

from pydantic import Field, ValidationInfo, field_validator

from spectran.config.base import Int, PositiveInt, Section

GraphKind = Literal["cooccurrence", "binary", "windowed", "text-knn"]


class ItemGraph(Section):
    """A graph of items, made of the train part alone: W = R'R of users' sets of items R, or one of its relatives."""

    graph: GraphKind = "cooccurrence"
    """Weight of a pair of items: users who have both, as the authors'; binary: 1 where there is any; windowed: times
    that one follows the other within `window` places; text-knn: 1 where one is among the other's `neighbours` nearest
    titles by cosine."""
    window: PositiveInt = 3
    """Places within which items of a sequence are a pair, for the graph windowed."""
    neighbours: PositiveInt = 10
    """Nearest titles of each item, for the graph text-knn; as in the authors' code."""
    self_loops: bool = True
    """Give every item the weight that W has on its diagonal (users who have it; 1 where W has none), as the authors'
    code does: S is then positive semi-definite for the graph cooccurrence, and L's eigenvalues are in 0 .. 1."""


class GraphFilter(ItemGraph):
    """G-LPF: (I - alpha L)^hops = ((1 - alpha) I + alpha S)^hops, S the normalised item graph; L = I - S."""

    alpha: Annotated[float, Field(ge=0, le=1)] = 0.7
    """Strength: 0 changes nothing, 1 gives S^hops. 0.7 in the authors' code."""
    learned: bool = False
    """Train alpha too, one number a member, from this start: the paper's open question of choosing it."""
    hops: Annotated[Int, Field(ge=1, le=3)] = 1
    """Power of the filter; 1 in the authors' code."""

    @field_validator("learned")
    @classmethod
    def _starts_within(cls, learned: bool, info: ValidationInfo) -> bool:
        alpha = info.data.get("alpha", 0.5)
        if learned and not 0 < alpha < 1:
            raise ValueError(f"an alpha between 0 and 1 expected to learn it from, found {alpha:g}")
        return learned
