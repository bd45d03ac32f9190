"""A cell's test: every final member ranks every user's test target, by cosine and by dot product."""

import logging
from pathlib import Path
from typing import get_args

import numpy as np
import pandas as pd
import torch

from spectran.config.cells import CellSettings
from spectran.config.training import Compute, Score
from spectran.data.sequences import Ids, Sequences, read_targets, read_train
from spectran.device import prepare
from spectran.evaluation.metrics import summarise
from spectran.evaluation.ranking import rank_targets
from spectran.io import read_json, write_parquet
from spectran.models.members import Member
from spectran.models.recommender import Recommender
from spectran.training.inputs import TrainingInputs
from spectran.training.members_file import load_members

_log = logging.getLogger(__name__)


def read_test(train: Path, valid: Path, test: Path, items: Path) -> tuple[Sequences, Sequences, Ids]:
    """The train part, the test histories (train part and validation target), and the test targets of shape (U,)."""
    before = read_train(train, items)
    return before, before.followed_by(read_targets(valid, before)), read_targets(test, before)


def rank_users(
    model: Recommender,
    members: tuple[Member, ...],
    train: Sequences,
    histories: Sequences,
    targets: Ids,
    history: int,
    device: torch.device,
) -> pd.DataFrame:
    """One row a score, seed and user: rank, ties, and what groups users later.

    Args:
        model: K members, in evaluation mode.
        members: the members, for their seeds.
        train: the train part, for popularity.
        histories: what is known before the test target.
        targets: test targets, shape (U,).
        history: longest input T.
        device: where to rank.

    Returns:
        Columns user, seed, score, target, rank (1 + items scored strictly higher), ties (others with the same score),
        history (items the model saw), popularity (the target's count in the train part).
    """
    inputs = torch.as_tensor(histories.histories(history), device=device)
    wanted = torch.as_tensor(targets, device=device)
    seen = (inputs != histories.n_items).sum(dim=1).cpu().numpy()
    popularity = train.popularity()[targets]
    parts = []
    for score in get_args(Score):
        ranks = rank_targets(model, inputs, wanted, score)
        for k, member in enumerate(members):
            columns = {
                "target": targets,
                "rank": ranks.rank[k].cpu().numpy(),
                "ties": ranks.ties[k].cpu().numpy(),
                "history": seen,
                "popularity": popularity,
            }
            counts = {name: values.astype(np.int32) for name, values in columns.items()}
            users = np.arange(len(targets), dtype=np.int32)
            parts.append(pd.DataFrame({"user": users, "seed": member.seed, "score": score, **counts}))
    return pd.concat(parts, ignore_index=True)


def run_evaluation(
    settings: CellSettings,
    compute: Compute,
    inputs: TrainingInputs,
    *,
    test: Path,
    members: Path,
    choice: Path,
    ranks: Path,
    label: str,
) -> None:
    """Rank the test targets with a cell's final members and write ranks.parquet.

    Args:
        settings: what the cell's numbers depend on.
        compute: device and threads.
        inputs: the files that the cell was trained with.
        test: the test split.
        members: members.safetensors.
        choice: choice.json, the members' hyper-parameters.
        ranks: where the ranks go.
        label: name in progress lines.
    """
    device = prepare(compute)
    train, histories, targets = read_test(inputs.train, inputs.valid, test, inputs.catalogue)
    chosen = read_json(choice)
    point = {name: chosen[name] for name in ("weight_decay", "dropout", "id_scale", "learning_rate")}
    pack = tuple(Member(seed, **point) for seed in settings.seeds)
    model = load_members(members, inputs.blueprint(settings, train.n_items), pack, device)
    table = rank_users(model, pack, train, histories, targets, settings.history, device)
    write_parquet(ranks, table)
    cutoffs = settings.evaluation.cutoffs
    for row in summarise(table, cutoffs, settings.evaluation.ties).to_dict("records"):
        numbers = ", ".join(f"{name} {value:.4f}" for name, value in row.items() if "@" in str(name))
        _log.info("%s: seed %s by %s: %s", label, row["seed"], row["score"], numbers)
