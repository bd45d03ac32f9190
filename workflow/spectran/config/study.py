"""The study: everything that is asked for, in one typed object."""

from collections.abc import Iterator
from typing import Annotated, Any, Self

from pydantic import StringConstraints, ValidationInfo, field_validator, model_validator

from spectran.config.backbones import Backbone
from spectran.config.base import NonNegativeInt, PositiveInt, Section, Slug
from spectran.config.controls import Control
from spectran.config.data import Dataset, Protocol
from spectran.config.groups import Groups
from spectran.config.methods import FreLLM4Rec, Method, SpecTran
from spectran.config.parts import NAMED_AXES, Parts, points, unknown_names, unused_names
from spectran.config.statistics import Statistics
from spectran.config.text import Encoder
from spectran.config.training import Compute, Evaluation, Training, Tuning
from spectran.config.variants import VariantError, laid_over
from spectran.config.words import no_device

ResultsFolder = Annotated[str, StringConstraints(pattern=r"^results(/[a-z0-9][a-z0-9_-]*)?$")]

AXES = (*NAMED_AXES, "dimensions")

#: Folders that a study makes below its results, so that no other study may be put there.
STAGES = (
    *("data", "text", "spectra", "cells", "sensitivity", "controls", "audit", "statistics", "report"),
    *("logs", "benchmarks"),
)


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
    parts: Parts = Parts()
    """Which cells the tables are made of."""
    controls: dict[Slug, Control] = {}  # noqa: RUF012 - pydantic gives every study a copy
    """Untrained controls by name; {} takes the defaults."""
    protocol: Protocol = Protocol()
    """From interactions to splits."""
    training: Training = Training()
    """How one member is trained."""
    tuning: Tuning = Tuning()
    """The grid every method is tuned on."""
    evaluation: Evaluation = Evaluation()
    """How members are ranked."""
    groups: Groups = Groups()
    """Groups of users whose metrics are also shown on their own."""
    statistics: Statistics = Statistics()
    """How methods are compared."""
    compute: Compute = Compute()
    """How the work is laid on the machine."""

    @field_validator("backbones", "methods", "controls", mode="before")
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
        no_device(folder.partition("/")[2])
        return folder

    @field_validator("datasets", "backbones", "methods", "dimensions", "seeds")
    @classmethod
    def _has_cells(cls, values: Any, info: ValidationInfo) -> Any:
        if not values:
            raise ValueError(f"a study with no cells: {info.field_name} must not be empty")
        if isinstance(values, tuple) and len(set(values)) != len(values):
            raise ValueError(f"different values expected, found {list(values)}")
        return values

    @field_validator("parts")
    @classmethod
    def _parts_can_be_run(cls, parts: Parts, info: ValidationInfo) -> Parts:
        if any(axis not in info.data for axis in AXES):
            return parts  # what is wrong there is said there
        axes = {axis: tuple(info.data[axis]) for axis in AXES}
        found = list(unknown_names(parts, axes))
        if not found:
            backbones, methods = info.data["backbones"], info.data["methods"]
            sources = [options.collaborative for options in methods.values() if isinstance(options, FreLLM4Rec)]
            read = {"backbones": [one.backbone for one in sources], "methods": [one.method for one in sources]}
            found = [*unused_names(parts, axes, read), *_bad_sources(backbones, methods)]
            found += _misfits(parts, axes, backbones, methods)
        if not any(True for _ in parts.named()):
            found = ["a study with no cells: at least one part expected"]
        if found:
            raise ValueError("; ".join(found))
        return parts

    @field_validator("statistics")
    @classmethod
    def _reference_is_there(cls, statistics: Statistics, info: ValidationInfo) -> Statistics:
        methods = info.data.get("methods")
        if methods and statistics.reference not in {None, *methods}:
            raise ValueError(f"reference: one of {', '.join(methods)} expected, found {statistics.reference}")
        return statistics

    @model_validator(mode="after")
    def _variants_can_be_run(self) -> Self:
        part = self.parts.sensitivity
        axes = {axis: tuple(getattr(self, axis)) for axis in AXES}
        for name, variant in part.variants.items() if part else ():
            place = f"parts.sensitivity.variants.{name}.changes"
            try:
                varied = self.under(name)
            except VariantError as error:
                raise ValueError(f"{place}: {error}") from None
            found = list(_misfits(Parts(main=part), axes, varied.backbones, varied.methods))
            if not variant.changes or found:
                raise ValueError(f"{place}: {'; '.join(found) or 'something to change expected, found nothing'}")
        return self

    def under(self, variant: str) -> "Study":
        """The study as a variant of its sensitivity part changes it; itself for the name "".

        Raises:
            VariantError: naming the key that cannot be changed so.
        """
        if not variant:
            return self
        assert self.parts.sensitivity is not None
        fields = {name: getattr(self, name) for name in type(self).model_fields}
        return self.model_copy(update=laid_over(fields, self.parts.sensitivity.variants[variant].changes))


def _bad_sources(backbones: dict[str, Backbone], methods: dict[str, Method]) -> Iterator[str]:
    """A sentence for each method that reads item vectors of a cell that cannot be trained."""
    for name, options in methods.items():
        if not isinstance(options, FreLLM4Rec):
            continue
        source, place = options.collaborative, f"methods.{name}.collaborative"
        for axis, entry, known in (
            ("backbone", source.backbone, [*backbones]),
            ("method", source.method, [n for n, method in methods.items() if not isinstance(method, FreLLM4Rec)]),
        ):
            if entry not in known:
                yield f"{place}.{axis}: one of {', '.join(known)} expected, found {entry}"
        found = (backbones.get(source.backbone), methods.get(source.method))
        for reason in filter(None, (options and options.fits(source.dim) for options in found)):
            yield f"{place}.dim: {source.dim} cannot be: {reason}"


def _misfits(
    parts: Parts, axes: dict[str, Any], backbones: dict[str, Backbone], methods: dict[str, Method]
) -> Iterator[str]:
    """A sentence for each backbone or method that cannot have a dimension it is asked for, or a part it is in."""
    cells = [point for _, part in parts.named() for point in points(part, axes)]
    asked = [("backbones", backbone, backbones[backbone].fits(dim), dim) for _, backbone, _, dim in cells]
    asked += [("methods", method, methods[method].fits(dim), dim) for _, _, method, dim in cells]
    for axis, name, reason, dim in dict.fromkeys(asked):
        if reason:
            yield f"{axis}.{name} cannot have dimension {dim}: {reason}"
    if parts.case_study is not None:
        for name in dict.fromkeys(point[2] for point in points(parts.case_study, axes)):
            method = methods[name]
            if not (isinstance(method, SpecTran) and method.attention):
                yield f"case_study.methods: SpecTran with its attention expected, found {name}"
