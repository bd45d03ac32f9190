"""Training, tuning and evaluation settings, and how the work is laid on the machine."""

from typing import Annotated, Literal, Self

from pydantic import Field, NonNegativeFloat, NonNegativeInt, PositiveFloat, PositiveInt, model_validator

from spectran.config.base import Section

Dropout = Annotated[float, Field(ge=0, lt=1)]
Score = Literal["cosine", "dot"]


class Training(Section):
    """One member's training (SpecTran section 4.1.5; what it leaves open is marked)."""

    batch: PositiveInt = 256
    """Users in a step."""
    learning_rate: PositiveFloat = 1e-3
    """Adam's step size."""
    epochs: PositiveInt = 200
    """At most this many epochs."""
    patience: PositiveInt = 10
    """Stop after this many epochs without a better validation NDCG@20."""
    negatives: PositiveInt = 64
    """Uniform negatives of each target; never the target itself."""
    temperature: PositiveFloat = 0.07
    """InfoNCE temperature; not printed, AlphaFuse's value."""
    similarity: Score = "cosine"
    """Score inside the loss; cosine reproduces the printed Base row, dot does not."""
    targets: Literal["every", "last"] = "every"
    """Learn from every position of the train part, or from its last only; not printed, every fits the Base row."""


class Tuning(Section):
    """The grid, the same for every method. One value an axis means no search."""

    weight_decay: tuple[NonNegativeFloat, ...] = (0.0,)
    """Adam's L2 penalty."""
    dropout: tuple[Dropout, ...] = (0.1,)
    """Dropout rate of the backbone."""
    id_scale: tuple[NonNegativeFloat, ...] | None = None
    """Scales of the ID table's start; null takes each method's own default."""
    seed: NonNegativeInt = 0
    """Seed that every trial of the search is trained with."""

    @model_validator(mode="after")
    def _no_axis_is_empty(self) -> Self:
        for name in ("weight_decay", "dropout", "id_scale"):
            axis = getattr(self, name)
            if axis is not None and (not axis or len(set(axis)) != len(axis)):
                raise ValueError(f"{name}: a list of different values expected, found {list(axis)}")
        return self


class Evaluation(Section):
    """Full ranking over all items; every metric is derived from the stored ranks."""

    cutoffs: tuple[PositiveInt, ...] = (10, 20)
    """K of HR@K and NDCG@K."""
    score: Score = "cosine"
    """Ranking score of tables and selection (both are recorded); cosine is the trained one."""
    ties: Literal["expected", "pessimistic", "optimistic"] = "expected"
    """Among equal scores: the metric's mean over the tied places, its value at the last, or at the first."""


class Compute(Section):
    """How the work is laid on the machine. Results do not depend on device slots, pack size or jobs."""

    device: Literal["auto", "cpu", "cuda"] = "auto"
    """auto takes a GPU where torch sees one."""
    threads: PositiveInt = 1
    """Torch threads of a job. One thread a job keeps bytes equal whatever --cores is."""
    pack: Literal["auto"] | PositiveInt = "auto"
    """Members trained together: auto is one on a CPU, all of a cell on a GPU."""
    checkpoint_seconds: NonNegativeFloat = 30.0
    """At most this much training is lost to an interruption."""
