"""A small cell in memory: what model, training and contract tests share."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch

from spectran.config.backbones import Backbone, SASRec
from spectran.config.cells import cells_of_parts
from spectran.config.load import read_study
from spectran.config.methods import Method
from spectran.config.training import Compute, Evaluation, Training
from spectran.data.sequences import Cases, Sequences
from spectran.models.features import ItemFeatures
from spectran.models.members import Member
from spectran.models.recommender import Blueprint
from spectran.spectra.decomposition import FORMS, decompose
from spectran.training.data import TrainingData, prepare
from spectran.training.schedule import Schedule

ROOT = Path(__file__).parents[1]
STUDY = read_study(ROOT / "config" / "paper.yaml")
PARTS = cells_of_parts(STUDY)
#: Every method and ablation, and every backbone, of the published study of SpecTran.
METHODS = {cell.method: STUDY.methods[cell.method] for part in ("main", "ablation") for cell in PARTS[part]}
BACKBONES = {cell.backbone: STUDY.backbones[cell.backbone] for cell in PARTS["main"]}
N_ITEMS, N_USERS, HISTORY, DIM, TEXT_DIM = 23, 40, 6, 8, 12


def member(seed: int = 0, **changes: float) -> Member:
    """A member with small settings."""
    point = {"weight_decay": 0.0, "dropout": 0.2, "id_scale": 0.5, "learning_rate": 1e-2, "mask_ratio": 0.4}
    return Member(seed=seed, **(point | changes))


def features(folder: Path, *, n_items: int = N_ITEMS, text_dim: int = TEXT_DIM) -> ItemFeatures:
    """Random text embeddings and their SVDs, on disk as the workflow has them."""
    embeddings = np.random.default_rng(3).normal(size=(n_items, text_dim)).astype(np.float32) + 0.5
    np.save(folder / "embeddings.npy", embeddings)
    paths = {form: folder / f"{form}.safetensors" for form in FORMS}
    for form, path in paths.items():
        decompose(embeddings, form).save(path)
    popularity = np.arange(n_items) % 7
    train = sequences() if n_items == N_ITEMS else None
    return ItemFeatures(n_items, {"embeddings": folder / "embeddings.npy", **paths}, popularity, train)


def blueprint(
    folder: Path,
    method: Method,
    backbone: Backbone | None = None,
    *,
    dtype: torch.dtype = torch.float64,
    dim: int = DIM,
) -> Blueprint:
    """A small model of one method on one backbone."""
    return Blueprint(backbone or SASRec(), method, dim, HISTORY, features(folder), dtype)


def sequences() -> Sequences:
    """Users whose next item is often the current one plus one."""
    rng = np.random.default_rng(5)
    rows = []
    for _ in range(N_USERS):
        start, length = rng.integers(N_ITEMS), rng.integers(3, HISTORY + 2)
        rows.append((start + np.arange(length) + rng.integers(0, 2, length)) % N_ITEMS)
    return Sequences(rows, N_ITEMS)


def data() -> TrainingData:
    """Training data of those users, each of whom validates too."""
    train = sequences()
    return prepare(train, cases(range(N_USERS)), HISTORY, torch.device("cpu"))


def cases(users: Iterable[int]) -> Cases:
    """What comes after the sequences of some of those users."""
    known = [sequences().sequences[user] for user in users]
    following = np.array([(sequence[-1] + 1) % N_ITEMS for sequence in known])
    return Cases(np.array(users), Sequences(known, N_ITEMS), following)


@dataclass(frozen=True)
class Small:
    """Settings of a small cell, with a schedule that trains it."""

    folder: Path
    method: Method
    backbone: Backbone = SASRec()
    training: Training = Training(batch=16, epochs=4, patience=3, negatives=5)
    compute: Compute = Compute(device="cpu", pack=1, checkpoint_seconds=0)

    def schedule(self, state: str = "state", *, dtype: torch.dtype = torch.float64) -> Schedule:
        """A schedule with its own state folder."""
        model = blueprint(self.folder, self.method, self.backbone, dtype=dtype)
        where = self.folder / state
        return Schedule(model, data(), self.training, Evaluation(), self.compute, where, "fingerprint", "small")
