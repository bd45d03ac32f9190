"""A control's test: fitted on the train part at the chosen point, it ranks every test user's target."""

import logging
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from spectran.config.control_cells import ControlSettings
from spectran.data.sequences import Cases, Sequences
from spectran.evaluation.cell import read_test
from spectran.evaluation.control_ranking import rank_control
from spectran.evaluation.metrics import summarise
from spectran.evaluation.rows import describe_users, rank_rows
from spectran.io import read_json, write_parquet
from spectran.models.controls import fit_control, window
from spectran.models.controls.control import UntrainedControl
from spectran.training.control import ControlInputs

_log = logging.getLogger(__name__)

#: What stands in the columns `score` and `seed`: a control ranks by its own score, and nothing in it is random.
SCORE, SEED = "own", 0


def rank_control_users(
    control: UntrainedControl,
    point: Mapping[str, Any],
    train: Sequences,
    test: Cases,
    history: int,
) -> pd.DataFrame:
    """One row a user, with the columns of a cell's ranks.

    Args:
        control: fitted on the train part.
        point: what it was fitted with, and how much of a history it reads.
        train: the train part, for popularity.
        test: V users' targets, and what is known before them.
        history: longest input T, as for trained members.

    Returns:
        The columns of `rank_rows`.
    """
    inputs = test.known.histories(history)
    ranks = rank_control(control, window(inputs, point), test.targets)
    (rank,), (ties,) = ranks.rank.numpy(), ranks.ties.numpy()
    return rank_rows(describe_users(train, test, inputs), rank, ties, seed=SEED, score=SCORE)


def run_control_evaluation(
    settings: ControlSettings, inputs: ControlInputs, *, test: Path, choice: Path, ranks: Path, label: str
) -> None:
    """Rank the test targets at the chosen point and write ranks.parquet.

    Args:
        settings: what the control's numbers depend on.
        inputs: the files that the choice was made with.
        test: the test split.
        choice: choice.json.
        ranks: where the ranks go.
        label: name in progress lines.
    """
    train, cases = read_test(inputs.train, inputs.valid, test)
    chosen = read_json(choice)["chosen"]
    control = fit_control(settings.control.kind, train, inputs.features(train.n_items), chosen)
    table = rank_control_users(control, chosen, train, cases, settings.history)
    write_parquet(ranks, table)
    (row,) = summarise(table, [10, 20], settings.ties).to_dict("records")
    _log.info("%s: %s", label, ", ".join(f"{name} {row[name]:.4f}" for name in row if "@" in str(name)))
