"""A cell's test: every final member ranks every test user's target, by cosine and by dot product."""

import logging
from collections.abc import Iterator
from pathlib import Path
from typing import get_args

import pandas as pd
import torch

from spectran.config.cells import CellSettings
from spectran.config.training import Compute, Score
from spectran.data.sequences import Cases, Sequences, read_cases, read_train
from spectran.device import prepare
from spectran.evaluation.metrics import summarise
from spectran.evaluation.ranking import rank_targets_by
from spectran.evaluation.rows import describe_users, rank_rows
from spectran.models.members import Member
from spectran.models.recommender import Recommender
from spectran.parted import write_parts
from spectran.training.inputs import TrainingInputs
from spectran.training.trained import load_trained

_log = logging.getLogger(__name__)


def read_test(train: Path, valid: Path, test: Path) -> tuple[Sequences, Cases]:
    """The train part, and the test cases: a test target, and all that train and validation part tell of its user."""
    return read_train(train), read_cases(test, [train, valid])


def rank_users(
    model: Recommender,
    members: tuple[Member, ...],
    train: Sequences,
    test: Cases,
    history: int,
    device: torch.device,
) -> Iterator[pd.DataFrame]:
    """One row a score, seed and user: rank, ties, and what groups users later.

    Args:
        model: K members, in evaluation mode.
        members: the members, for their seeds.
        train: the train part, for popularity.
        test: V users' targets, and what is known before them.
        history: longest input T.
        device: where to rank.

    Yields:
        The columns of `rank_rows`, a score and seed at a time.
    """
    inputs = test.known.histories(history)
    known, wanted = (torch.as_tensor(ids, device=device) for ids in (inputs, test.targets))
    users = describe_users(train, test, inputs)
    for score, found in rank_targets_by(model, known, wanted, get_args(Score)).items():
        ranks = found.checked()
        rank, ties = ranks.rank.numpy(force=True), ranks.ties.numpy(force=True)
        for k, member in enumerate(members):
            yield rank_rows(users, rank[k], ties[k], seed=member.seed, score=score)


def run_evaluation(
    settings: CellSettings,
    compute: Compute,
    inputs: TrainingInputs,
    *,
    test: Path,
    members: Path,
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
        ranks: where the ranks go.
        label: name in progress lines.
    """
    device = prepare(compute)
    train, cases = read_test(inputs.train, inputs.valid, test)
    model, pack = load_trained(settings, inputs, train, members=members, device=device)
    cutoffs, rule = settings.evaluation.cutoffs, settings.evaluation.ties
    for part in write_parts(ranks, rank_users(model, pack, train, cases, settings.history, device)):
        for row in summarise(part, cutoffs, rule).to_dict("records"):
            numbers = ", ".join(f"{name} {value:.4f}" for name, value in row.items() if "@" in str(name))
            _log.info("%s: seed %s by %s: %s", label, row["seed"], row["score"], numbers)
