"""What training reads: the train part, and the validation targets for selection. Never the test split."""

from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor

from spectran.data.sequences import Ids, Sequences, read_targets, read_train


@dataclass(frozen=True)
class TrainingData:
    """U users' padded sequences over N items, on one device.

    Attributes:
        inputs: histories, shape (U, T), left-padded with N.
        targets: the item after each input, shape (U, T), N where there is none to learn from.
        histories: the whole train part's end, input of validation, shape (U, T).
        validation: validation targets, shape (U,).
        seen: each user's items of the train part, ascending and different, filled up with N, shape (U, E).
        n_items: N.
    """

    inputs: Tensor
    targets: Tensor
    histories: Tensor
    validation: Tensor
    seen: Tensor
    n_items: int


def prepare(train: Sequences, validation: Ids, history: int, *, last_only: bool, device: torch.device) -> TrainingData:
    """Pad and move to the device.

    Args:
        train: the train part of every user.
        validation: one target a user, shape (U,).
        history: T.
        last_only: learn from the last target of each user only.
        device: where tensors live.

    Raises:
        ValueError: if there are fewer than two items, so that no negative exists.
    """
    if train.n_items < 2:
        raise ValueError(f"at least 2 items expected, for a negative to exist; found {train.n_items}")
    inputs, targets = train.training_pairs(history)
    if last_only:
        targets[:, :-1] = train.n_items

    def tensor(array: Ids) -> Tensor:
        return torch.as_tensor(array, device=device)

    return TrainingData(
        inputs=tensor(inputs),
        targets=tensor(targets),
        histories=tensor(train.histories(history)),
        validation=tensor(validation),
        seen=tensor(train.distinct()),
        n_items=train.n_items,
    )


def load(train: Path, valid: Path, items: Path, history: int, *, last_only: bool, device: torch.device) -> TrainingData:
    """Read the prepared splits; see `prepare`."""
    sequences = read_train(train, items)
    targets = read_targets(valid, sequences)
    return prepare(sequences, targets, history, last_only=last_only, device=device)
