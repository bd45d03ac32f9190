"""The files that a cell is trained on."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import torch

from spectran.config.cells import CellSettings
from spectran.config.methods import Feature
from spectran.config.training import Precision
from spectran.data.sequences import Sequences
from spectran.models.features import ItemFeatures
from spectran.models.recommender import Blueprint


@dataclass(frozen=True)
class TrainingInputs:
    """Input files of a cell: the splits it may see, and the text features that its method reads."""

    train: Path
    valid: Path
    features: Mapping[Feature, Path]

    @classmethod
    def of(cls, files: Mapping[str, str], settings: CellSettings) -> "TrainingInputs":
        """From a rule's named inputs; names that training does not read are left out."""
        features = {feature: Path(files[feature]) for feature in sorted(settings.method.reads())}
        return cls(Path(files["train"]), Path(files["valid"]), features)

    def paths(self) -> list[Path]:
        """All files."""
        return [self.train, self.valid, *self.features.values()]

    def blueprint(self, settings: CellSettings, train: Sequences, precision: Precision = "float32") -> Blueprint:
        """What the cell's models are built from."""
        features = ItemFeatures(train.n_items, self.features, train.popularity(), train)
        products = torch.bfloat16 if precision == "bfloat16" else None
        backbone, method = settings.backbone, settings.method
        return Blueprint(backbone, method, settings.dim, settings.history, features, products=products)
