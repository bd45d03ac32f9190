"""The choice of a control's own hyper-parameters: every point of its grid is fitted on the train part and validated."""

from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any

import pandas as pd

from spectran.config.control_cells import ControlSettings
from spectran.data.sequences import Cases, Sequences, read_cases, read_train
from spectran.evaluation.control_ranking import rank_control
from spectran.evaluation.metrics import per_user
from spectran.io import write_json
from spectran.models.controls import fit_control, fitted_by, window
from spectran.models.features import ItemFeatures
from spectran.progress import Progress
from spectran.training.pack import CUTOFFS, SELECTION


@dataclass(frozen=True)
class ControlInputs:
    """Input files of a control: the splits it may see, and the embeddings if it reads text."""

    train: Path
    valid: Path
    embeddings: Path | None = None

    @classmethod
    def of(cls, files: dict[str, str], settings: ControlSettings) -> "ControlInputs":
        """From a rule's named inputs; names that the control does not read are left out."""
        names = ["train", "valid", *sorted(settings.control.reads())]
        return cls(**{name: Path(files[name]) for name in names})

    def features(self, n_items: int) -> ItemFeatures:
        """What the control may read of the titles."""
        return ItemFeatures(n_items, {} if self.embeddings is None else {"embeddings": self.embeddings})


def validate_points(
    settings: ControlSettings, train: Sequences, validation: Cases, features: ItemFeatures, label: str
) -> list[dict[str, Any]]:
    """Fit and validate every point of a control's grid.

    Args:
        settings: the control, the longest input T and the rule for ties.
        train: the train part; what controls are fitted on.
        validation: targets, and what is known before them.
        features: of the titles.
        label: name in progress lines.

    Returns:
        Each point, with its mean validation NDCG@20.
    """
    histories = validation.known.histories(settings.history)
    points = settings.control.points()
    progress = Progress(label, len(points), "points")
    found = []
    for _, alike in groupby(points, fitted_by):
        control = None
        for point in alike:
            control = control or fit_control(settings.control.kind, train, features, point)
            ranks = rank_control(control, window(histories, point), validation.targets)
            table = pd.DataFrame({"rank": ranks.rank[0].numpy(), "ties": ranks.ties[0].numpy()})
            value = float(per_user(table, CUTOFFS, settings.ties)[SELECTION].mean())
            found.append(point | {f"validation_{SELECTION}": value})
            progress.advance(note=f"validation {SELECTION} {value:.4f} with {point}")
    return found


def run_control_choice(settings: ControlSettings, inputs: ControlInputs, *, choice: Path, label: str) -> None:
    """Choose by validation and write choice.json.

    The file holds `chosen`, the best point (the first of the grid among equals), its `validation_ndcg@20`, and under
    `points` every point with its own.

    Args:
        settings: what the control's numbers depend on.
        inputs: train part, validation part and embeddings.
        choice: where choice.json goes.
        label: name in progress lines.
    """
    train = read_train(inputs.train)
    validation = read_cases(inputs.valid, [inputs.train])
    points = validate_points(settings, train, validation, inputs.features(train.n_items), label)
    key = f"validation_{SELECTION}"
    best = max(points, key=lambda point: point[key])
    chosen = {name: value for name, value in best.items() if name != key}
    write_json(choice, {"chosen": chosen, key: best[key], "points": points})
