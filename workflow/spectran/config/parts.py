"""The parts of a study: the cells that each of the paper's tables is made of; one that two need is trained once."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import product
from typing import Annotated, Any, Literal

from pydantic import Field, field_validator

from spectran.config.base import Int, PositiveInt, Section, Slug
from spectran.config.training import Axis


class Part(Section):
    """A block of cells: the product of its axes. An axis left out is the study's whole axis."""

    datasets: Axis[Slug] | None = None
    """Names of datasets; null takes all of the study."""
    backbones: Axis[Slug] | None = None
    """Names of backbones, likewise."""
    methods: Axis[Slug] | None = None
    """Names of methods, likewise."""
    dimensions: Axis[PositiveInt] | None = None
    """Item dimensions; null takes the study's `dimensions`."""

    def products(self) -> "dict[str, Part]":
        """The products of axes that it is made of, by the key below it that says them."""
        return {"": self}


class Efficiency(Part):
    """Cells whose cost is measured under one condition: one member, alone on the machine, after a warm-up epoch."""

    epochs: PositiveInt = 3
    """Training epochs timed, each by itself; the median counts."""
    repeats: PositiveInt = 3
    """Full rankings of all users timed likewise."""


class Variant(Section):
    """One other reading of the protocol: what it changes, laid over the study."""

    label: str
    """Name shown in tables and figures."""
    changes: dict[str, Any]
    """A piece of a study: keys of protocol (split and its seed), training, tuning, backbones or methods, with their
    other values."""


class Sensitivity(Part):
    """Cells that are trained as the study says, and again under each variant: how much does the reading decide?"""

    variants: dict[Slug, Variant]
    """Variants by name; a variant's results are in sensitivity/<name>."""


class Block(Part):
    """Cells that are shown together."""

    label: str
    """Name shown in tables and figures."""


class FrequencyStudy(Section):
    """The study of FreLLM4Rec: blocks of cells, each a product, and how graph frequencies are looked at in them."""

    blocks: dict[Slug, Block]
    """Blocks by name, in the order in which tables show them; a cell may be in several."""
    sampled_negatives: PositiveInt = 99
    """Negatives of the sampled metrics, which stand beside those of full ranking; 99 in the paper."""
    users: PositiveInt = 1000
    """Users whose graph frequencies are looked at, the first ones of the train part; more change the means little."""
    node: Literal["input", "next"] = "input"
    """Which item a hidden state stands for on the graph: the one that was read, or as in the authors' code the one that
    comes next."""
    standardise: bool = True
    """Give hidden states mean 0 and variance 1 first, every one by itself, like the last LayerNorm that the authors put
    behind every layer; off leaves them as they are."""
    low_share: Annotated[float, Field(gt=0, lt=1)] = 0.3
    """Share of a sub-graph's frequencies that counts as low."""
    lowest: PositiveInt = 100
    """Eigenvectors of the whole graph, those of the lowest frequencies, whose share of energy is shown too."""
    quantiles: Annotated[Int, Field(ge=2)] = 4
    """Groups of users by the locality of their sequences."""

    @field_validator("blocks")
    @classmethod
    def _has_cells(cls, blocks: dict[str, Block]) -> dict[str, Block]:
        if not blocks:
            raise ValueError("a part with no cells: blocks must not be empty")
        return blocks

    def products(self) -> dict[str, Part]:
        """Its blocks."""
        return {f"blocks.{name}": block for name, block in self.blocks.items()}


class Parts(Section):
    """What is run. A part that is null or left out is not run, and the report says so."""

    main: Part | None = Part()
    """Table 2, its figures and the score study; every cell of the study if nothing else is said."""
    ablation: Part | None = None
    """Table 3: SpecTran, its ablations and the bare backbone."""
    dimension: Part | None = None
    """Table 4: accuracy against the item dimension d."""
    efficiency: Efficiency | None = None
    """Table 5: parameters, seconds and memory, measured again under one fixed condition."""
    case_study: Part | None = None
    """Table 6: SpecTran's learned weights on principal and subordinate components."""
    controls: Part | None = None
    """Trained control rows that the paper lacks, beside the untrained ones of `controls`."""
    sensitivity: Sensitivity | None = None
    """What other readings of the protocol do to the numbers and to the order of the methods."""
    frellm4rec: FrequencyStudy | None = None
    """The second paper: language models as backbones, low-pass filters, and what becomes of low frequencies."""

    def named(self) -> Iterator[tuple[str, Part | FrequencyStudy]]:
        """The parts that are run, by name."""
        for name in type(self).model_fields:
            part = getattr(self, name)
            if part is not None:
                yield name, part


#: Every part by name, in the order of the paper's tables.
PARTS = tuple(Parts.model_fields)

#: The axes whose entries have names.
NAMED_AXES = ("datasets", "backbones", "methods")

#: A cell's place on the axes: dataset, backbone, method, dimension.
Point = tuple[str, str, str, int]


def points(part: Part | FrequencyStudy, study: Mapping[str, Sequence[Any]]) -> list[Point]:
    """The cells of a part, each once, in the order of the study; of a part of blocks, block after block.

    Args:
        part: the part.
        study: the study's own axes: names of datasets, backbones and methods, and dimensions.
    """
    found: dict[Point, None] = {}
    for block in part.products().values():
        axes = [_ordered(getattr(block, axis), study[axis]) for axis in (*NAMED_AXES, "dimensions")]
        found |= dict.fromkeys(product(*axes))
    return list(found)


def _products(parts: Parts) -> Iterator[tuple[str, Part]]:
    """Every product of axes, by the keys that say it."""
    for name, part in parts.named():
        for key, block in part.products().items():
            yield ".".join(filter(None, (name, key))), block


def unknown_names(parts: Parts, study: Mapping[str, Sequence[str]]) -> Iterator[str]:
    """A sentence for each part that names something that the study does not have."""
    for name, part in _products(parts):
        for axis in NAMED_AXES:
            unknown = [entry for entry in getattr(part, axis) or () if entry not in study[axis]]
            if unknown:
                yield f"{name}.{axis}: one of {', '.join(study[axis])} expected, found {', '.join(unknown)}"


def unused_names(
    parts: Parts, study: Mapping[str, Sequence[str]], sources: Mapping[str, Collection[str]]
) -> Iterator[str]:
    """A sentence for each entry of the study that is in no part, so that nothing would come of it.

    Args:
        parts: the parts.
        study: names on the study's axes.
        sources: names of cells that others read, which are trained too.
    """
    for axis in NAMED_AXES:
        used = {entry for _, part in _products(parts) for entry in getattr(part, axis) or study[axis]}
        used |= {*sources.get(axis, ())}
        for entry in study[axis]:
            if entry not in used:
                yield f"{axis}.{entry} is in no part that is run: name it in one, or leave it out"


def _ordered(chosen: Sequence[Any] | None, known: Sequence[Any]) -> list[Any]:
    """What was chosen, in the order of the study; what the study does not list (further dimensions) behind it."""
    if chosen is None:
        return list(known)
    return [entry for entry in known if entry in chosen] + [entry for entry in chosen if entry not in known]
