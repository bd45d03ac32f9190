"""The study: everything that is asked for, in one typed object."""

from typing import Annotated, Any

from pydantic import StringConstraints, ValidationInfo, field_validator

from spectran.config.backbones import Backbone
from spectran.config.base import NonNegativeInt, PositiveInt, Section, Slug
from spectran.config.data import Dataset, Protocol
from spectran.config.methods import Method
from spectran.config.text import Encoder
from spectran.config.training import Compute, Evaluation, Training, Tuning

ResultsFolder = Annotated[str, StringConstraints(pattern=r"^results(/[a-z0-9][a-z0-9_-]*)?$")]

#: Folders that a study makes below its results, so that no other study may be put there.
STAGES = ("data", "text", "spectra", "cells", "report", "logs", "benchmarks")


class Study(Section):
    """A study: datasets, one text encoder, backbones, methods, dimensions, a protocol, a tuning grid and seeds."""

    name: Slug
    """Short name of the study."""
    description: str
    """One or two sentences for the head of the report."""
    results: ResultsFolder = "results"
    """Folder of everything that is made: results, or results/<name> (no stage's name: data, text and so on)."""
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

    @field_validator("results")
    @classmethod
    def _no_stage(cls, folder: str) -> str:
        if folder.partition("/")[2] in STAGES:
            raise ValueError(f"another name expected, found {folder!r}, where a study in results keeps a stage's files")
        return folder

    @field_validator("datasets", "backbones", "methods", "dimensions", "seeds")
    @classmethod
    def _has_cells(cls, values: Any, info: ValidationInfo) -> Any:
        if not values:
            raise ValueError(f"a study with no cells: {info.field_name} must not be empty")
        if isinstance(values, tuple) and len(set(values)) != len(values):
            raise ValueError(f"different values expected, found {list(values)}")
        return values

    @field_validator("dimensions")
    @classmethod
    def _heads_divide(cls, dimensions: tuple[int, ...], info: ValidationInfo) -> tuple[int, ...]:
        wrong = {
            f"backbones.{name}: {backbone.heads} heads": [d for d in dimensions if d % backbone.heads]
            for name, backbone in info.data.get("backbones", {}).items()
        }
        if any(wrong.values()):
            raise ValueError(
                "; ".join(f"{heads} do not divide dimensions {found}" for heads, found in wrong.items() if found)
            )
        return dimensions
