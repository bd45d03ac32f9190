"""One epoch of a pack: every member sees every user once, in its own order, with its own negatives."""

from typing import Protocol

import torch
from torch import Tensor

from spectran.models.members import Member
from spectran.models.randomness import stream
from spectran.training.data import TrainingData
from spectran.training.step import Learner

#: Rows of a dense step are a multiple of this, so that the steps of an epoch have one shape or two.
GRAIN = 256


class Steps(Protocol):
    """What runs a step: the learner, or graphs of it."""

    def step(self, users: Tensor, rows: int) -> tuple[Tensor, Tensor]:
        """See `Learner.step`."""


def train_epoch(learner: Learner, epoch: int, steps: Steps | None = None, users: Tensor | None = None) -> Tensor:
    """Train one epoch and give each member's InfoNCE, the mean over its targets, shape (K,).

    Random numbers are functions of (seed, epoch, step), so an epoch needs nothing of the ones before but the parameters
    and Adam's moments. Orders, keys and sizes of all steps are made before the first: between steps nothing waits for
    the device.

    Args:
        learner: of the pack.
        epoch: its number, from 1.
        steps: what runs steps; the learner when left out.
        users: whom every member learns from, in this order, shape (U',), on the CPU; everyone, in an order of the
            member's own, when left out.
    """
    model, data, batch = learner.model, learner.data, learner.settings.batch
    device = data.sequences.device
    model.train()
    orders = [users if users is not None else order_of(member, epoch, data) for member in model.noise.members]
    order = torch.stack(orders)
    inputs = model.backbone.inputs_of(data.items)
    longest = int(model.backbone.inputs_of(torch.tensor(data.sequences.shape[1])))
    rows = [_rows(inputs[users], longest, dense=model.dense) for users in order.split(batch, dim=1)]
    model.noise.begin_epoch(epoch, len(rows) + 1)
    model.noise.set_step(len(rows))
    model.noise.begin_step()
    model.method.begin_epoch(model, data.histories, batch)
    total, targets = torch.zeros(2, len(order), dtype=torch.float64, device=device)
    for number, users in enumerate(order.to(device).split(batch, dim=1)):
        model.noise.set_step(number)
        summed, counts = (steps or learner).step(users, rows[number])
        total += summed
        targets += counts
    mean: Tensor = total / targets
    return mean


def order_of(member: Member, epoch: int, data: TrainingData) -> Tensor:
    """Users in the order in which a member learns from them in an epoch, shape (U,), on the CPU."""
    return torch.randperm(len(data.items), generator=stream(member.seed, "order", epoch))


def _rows(inputs: Tensor, longest: int, *, dense: bool) -> int:
    """The largest number of real inputs of a member, (K, B); where shapes should repeat, up to the next of a few."""
    most = int(inputs.sum(dim=1).max())
    return min(-(-most // GRAIN) * GRAIN, inputs.shape[1] * longest) if dense else most
