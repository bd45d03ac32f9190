"""Training, tuning and evaluation settings, and how the work is laid on the machine."""

from typing import Annotated, Literal, TypeVar

from pydantic import AfterValidator, Field, NonNegativeFloat, PositiveFloat

from spectran.config.base import NonNegativeInt, PositiveInt, Section

T = TypeVar("T")

#: The hyper-parameters that tell members of a cell apart, beside their seeds.
POINT = ("weight_decay", "dropout", "id_scale", "learning_rate", "mask_ratio")


def _different(values: tuple[T, ...]) -> tuple[T, ...]:
    if not values or len(set(values)) != len(values):
        raise ValueError(f"a list of different values expected, found {list(values)}")
    return values


Axis = Annotated[tuple[T, ...], AfterValidator(_different)]
Dropout = Annotated[float, Field(ge=0, lt=1)]
Ratio = Annotated[float, Field(gt=0, lt=1)]
Score = Literal["cosine", "dot"]
Precision = Literal["float32", "tf32", "bfloat16"]
Ties = Literal["expected", "pessimistic", "optimistic"]


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
    negatives: Literal["all"] | PositiveInt = 64
    """Uniform negatives of each target; all is the softmax over every item, none sampled, which takes memory for
    targets of a batch x items."""
    exclude: Literal["target", "history"] = "target"
    """What is never a negative: the target alone (AlphaFuse), or every item of the user's train part."""
    temperature: PositiveFloat = 0.07
    """InfoNCE temperature; not printed, AlphaFuse's value."""
    similarity: Score = "cosine"
    """Score inside the loss; cosine reproduces the printed Base row, dot does not."""
    targets: Literal["every", "last"] = "every"
    """Learn from every position of the train part, or from its last only; not printed, every fits the Base row."""


class Tuning(Section):
    """The grid, the same for every method. One value an axis means no search."""

    weight_decay: Axis[NonNegativeFloat] = (0.0,)
    """Adam's L2 penalty."""
    dropout: Axis[Dropout] = (0.1,)
    """Dropout rate of the backbone."""
    id_scale: Axis[NonNegativeFloat] | None = None
    """Scales of the ID table's start; null takes each method's own default."""
    mask_ratio: Axis[Ratio] | None = None
    """Shares of masked items, for backbones that mask (BERT4Rec); null takes the backbone's own default."""
    seed: NonNegativeInt = 0
    """Seed that every trial of the search is trained with."""

    @property
    def searches(self) -> bool:
        """Whether any axis has more than one value."""
        axes = (self.weight_decay, self.dropout, self.id_scale, self.mask_ratio)
        return any(axis is not None and len(axis) > 1 for axis in axes)


class OwnTraining(Section):
    """What of training is not as the study says; null takes the study's."""

    batch: PositiveInt | None = None
    """Users in a step."""
    learning_rate: PositiveFloat | None = None
    """Adam's step size."""
    epochs: PositiveInt | None = None
    """At most this many epochs."""
    patience: PositiveInt | None = None
    """Stop after this many epochs without a better validation NDCG@20."""
    seeds: PositiveInt | None = None
    """Only the first so many of the study's seeds."""
    search: bool = True
    """Search the study's grid; off trains the first value of each axis alone."""

    def training(self, study: Training) -> Training:
        """The study's training with what is said here."""
        said = self.model_dump(exclude={"seeds", "search"}, exclude_none=True)
        return study.model_copy(update=said)

    def tuning(self, study: Tuning) -> Tuning:
        """The study's grid, or its first point."""
        if self.search:
            return study
        axes = {axis: getattr(study, axis) for axis in ("weight_decay", "dropout", "id_scale", "mask_ratio")}
        return study.model_copy(update={axis: values and values[:1] for axis, values in axes.items()})


class Evaluation(Section):
    """Full ranking over all items; every metric is derived from the stored ranks."""

    cutoffs: Axis[PositiveInt] = (10, 20)
    """K of HR@K and NDCG@K in tables; another choice trains nothing again."""
    score: Score = "cosine"
    """Ranking score of tables and selection (both are recorded); cosine is the trained one."""
    ties: Ties = "expected"
    """Among equal scores: the metric's mean over the tied places, its value at the last, or at the first."""


class Compute(Section):
    """How the work is laid on the machine. Nothing of it is part of a result, but for rounding.

    Another device, pack, precision or number of threads rounds differently, and early stopping can make that as large
    as the difference to another seed: Base on Office ended at NDCG@10 .0258 in packs of four, at .0321 alone.
    """

    device: Literal["auto", "cpu", "cuda"] = "auto"
    """auto takes a GPU where torch sees one."""
    threads: PositiveInt = 1
    """Torch threads of a job. One thread a job keeps bytes equal whatever --cores is."""
    pack: Literal["auto"] | PositiveInt = "auto"
    """Members trained together, at most: auto is four on a CPU, all of a cell on a GPU. Fewer where memory is short."""
    precision: Precision = "float32"
    """Factors of matrix products in training: as they are; in TensorFloat-32, on an NVIDIA GPU; in bfloat16, where the
    processor multiplies it faster. Sums, parameters and evaluation stay in float32. Changes more than the last places,
    less than another seed does."""
    cuda_graphs: bool = False
    """Replay training steps as CUDA graphs, which saves the host's time between kernels. Off, since no GPU has run it
    yet where this was written."""
    cells_per_gpu: PositiveInt = 1
    """Cells that share a GPU, where one alone does not fill it; each plans with its part of the memory. Snakemake
    counts the places: give it the same number, as in --resources gpu=2, and a core for each."""
    checkpoint_seconds: NonNegativeFloat = 30.0
    """At most this much training is lost to an interruption."""
    max_minutes: PositiveFloat | None = None
    """Wall time of a cell's job; one that takes longer is ended and counts as failed. null sets no limit."""
    max_memory_mb: PositiveInt | None = None
    """Data that a cell's job may hold in main memory; one that needs more fails. Kept by Linux only; null sets no
    limit."""
