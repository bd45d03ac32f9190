"""The study: everything that is asked for, in one typed object."""

from typing import Annotated, Any, Self

from pydantic import NonNegativeInt, PositiveInt, StringConstraints, field_validator, model_validator

from spectran.config.backbones import Backbone
from spectran.config.base import Section, Slug
from spectran.config.data import Dataset, Protocol
from spectran.config.methods import Method
from spectran.config.text import Encoder
from spectran.config.training import Compute, Evaluation, Training, Tuning

ResultsFolder = Annotated[str, StringConstraints(pattern=r"^results(/[a-z0-9][a-z0-9_-]*)?$")]


class Study(Section):
    """A study: datasets, one text encoder, backbones, methods, dimensions, a protocol, a tuning grid and seeds."""

    name: Slug
    """Short name of the study."""
    description: str
    """One or two sentences for the head of the report."""
    results: ResultsFolder = "results"
    """Folder of everything that is made: results, or results/<name>."""
    datasets: dict[Slug, Dataset]
    """Datasets by name."""
    encoder: Encoder
    """The text encoder."""
    backbones: dict[Slug, Backbone]
    """Backbones by name; {} takes the defaults. An entry may configure another backbone with `kind`."""
    methods: dict[Slug, Method]
    """Methods by name, likewise; an ablation is an entry with its own options."""
    dimensions: tuple[PositiveInt, ...]
    """Item dimensions d."""
    seeds: tuple[NonNegativeInt, ...]
    """Root seeds of the final members of every cell."""
    protocol: Protocol = Protocol()
    """From interactions to splits."""
    training: Training = Training()
    """How one member is trained."""
    tuning: Tuning = Tuning()
    """The grid every method is tuned on."""
    evaluation: Evaluation = Evaluation()
    """How members are ranked."""
    compute: Compute = Compute()
    """How the work is laid on the machine."""

    @field_validator("backbones", "methods", mode="before")
    @classmethod
    def _kind_is_the_name(cls, entries: Any) -> Any:
        if not isinstance(entries, dict):
            return entries
        return {
            name: {"kind": name, **(options or {})} if options is None or isinstance(options, dict) else options
            for name, options in entries.items()
        }

    @model_validator(mode="after")
    def _has_cells(self) -> Self:
        empty = [key for key in ("datasets", "backbones", "methods", "dimensions", "seeds") if not getattr(self, key)]
        if empty:
            raise ValueError(f"a study with no cells: {', '.join(empty)} must not be empty")
        for key in ("dimensions", "seeds"):
            values = getattr(self, key)
            if len(set(values)) != len(values):
                raise ValueError(f"{key}: different values expected, found {list(values)}")
        for name, backbone in self.backbones.items():
            wrong = [d for d in self.dimensions if d % backbone.heads]
            if wrong:
                raise ValueError(f"backbones.{name}: {backbone.heads} heads do not divide dimensions {wrong}")
        return self
