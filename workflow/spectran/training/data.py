"""What training reads: the train part, and the validation cases for selection. Never the test split."""

from dataclasses import dataclass

import torch
from torch import Tensor

from spectran.data.sequences import Cases, Ids, Sequences


@dataclass(frozen=True)
class TrainingData:
    """U train users' padded sequences over N items and V validation cases, on one device.

    Under leave-one-out the two are the same users, and what is known of them in validation is their train part.

    Attributes:
        sequences: the last T + 1 items of every user's train part, what a backbone makes its training batches of; shape
            (U, T + 1), left-padded with N.
        known: the last T items that are known before each validation target, shape (V, T), left-padded with N.
        validation: validation targets, shape (V,).
        seen: each user's items of the train part, ascending and different, filled up with N, shape (U, E).
        n_items: N.
        items: how many real items each row of `sequences` has, shape (U,), on the CPU: what sizes batches.
    """

    sequences: Tensor
    known: Tensor
    validation: Tensor
    seen: Tensor
    n_items: int
    items: Tensor

    @property
    def histories(self) -> Tensor:
        """The end of every user's train part, shape (U, T): what a method's own losses read."""
        return self.sequences[:, 1:]


def prepare(train: Sequences, validation: Cases, history: int, device: torch.device) -> TrainingData:
    """Pad and move to the device.

    Args:
        train: the train part of every user.
        validation: V users' targets, and what is known before them.
        history: T.
        device: where tensors live.

    Raises:
        ValueError: if there are fewer than two items, so that no negative exists.
    """
    if train.n_items < 2:
        raise ValueError(f"at least 2 items expected, for a negative to exist; found {train.n_items}")

    def tensor(array: Ids) -> Tensor:
        return torch.as_tensor(array, device=device)

    sequences = train.histories(history + 1)
    return TrainingData(
        sequences=tensor(sequences),
        known=tensor(validation.known.histories(history)),
        validation=tensor(validation.targets),
        seen=tensor(train.distinct()),
        n_items=train.n_items,
        items=torch.as_tensor((sequences != train.n_items).sum(axis=1)),
    )
