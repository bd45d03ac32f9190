"""The files that a cell is trained on."""

from dataclasses import dataclass
from pathlib import Path

from spectran.config.cells import CellSettings
from spectran.models.features import TextFeatures
from spectran.models.recommender import Blueprint
from spectran.spectra.decomposition import Form


@dataclass(frozen=True)
class TrainingInputs:
    """Input files of a cell; the last three are None for a method that reads no text."""

    train: Path
    valid: Path
    catalogue: Path
    embeddings: Path | None = None
    raw: Path | None = None
    centred: Path | None = None

    @classmethod
    def of(cls, files: dict[str, str]) -> "TrainingInputs":
        """From a rule's named inputs; names that are not the training's are left out."""
        return cls(**{name: Path(file) for name, file in files.items() if name in cls.__dataclass_fields__})

    def paths(self) -> list[Path]:
        """The files there are."""
        return [path for path in vars(self).values() if path is not None]

    def blueprint(self, settings: CellSettings, n_items: int) -> Blueprint:
        """What the cell's models are built from."""
        forms: dict[Form, Path | None] = {"raw": self.raw, "centred": self.centred}
        decompositions = {form: path for form, path in forms.items() if path is not None}
        features = TextFeatures(n_items, self.embeddings, decompositions or None)
        return Blueprint(settings.backbone, settings.method, settings.dim, settings.history, features)
