"""One epoch of a pack: every member sees every user once, in its own order, with its own negatives."""

import torch
from torch import Tensor

from spectran.config.training import Training
from spectran.models.members import Member
from spectran.models.methods.method import Step
from spectran.models.randomness import draw, key_of, stream
from spectran.models.recommender import Recommender
from spectran.training.adam import PackedAdam
from spectran.training.data import TrainingData
from spectran.training.loss import candidate_scores, full_softmax, info_nce, negatives_from


def train_epoch(
    model: Recommender, adam: PackedAdam, data: TrainingData, settings: Training, members: list[Member], epoch: int
) -> Tensor:
    """Train one epoch and give each member's InfoNCE, the mean over its targets, shape (K,).

    Random numbers are functions of (seed, purpose, epoch, step), so an epoch needs nothing of the ones before but the
    parameters and Adam's moments.
    """
    device = data.sequences.device
    model.train()
    model.noise.begin_epoch(epoch)
    users = len(data.sequences)
    order = torch.stack([torch.randperm(users, generator=stream(m.seed, "order", epoch)) for m in members]).to(device)
    total, targets = torch.zeros(2, len(members), dtype=torch.float64, device=device)
    for start in range(0, users, settings.batch):
        rows = order[:, start : start + settings.batch]
        keys = [key_of(m.seed, "negatives", epoch, start) for m in members]
        table = model.method.item_table()
        summed, counts = _batch_loss(model, table, data, rows, settings, keys)
        loss = summed / counts.clamp(min=1)
        extra = model.method.auxiliary_loss(Step(model, table, rows, data.histories, epoch))
        adam.zero_grad()
        # Summing over members keeps their gradients apart: no parameter is shared.
        (loss if extra is None else loss + extra).sum().backward()
        adam.step()
        model.method.after_step()
        total += summed.detach()
        targets += counts
    mean: Tensor = total / targets
    return mean


def _batch_loss(
    model: Recommender, table: Tensor, data: TrainingData, rows: Tensor, settings: Training, keys: list[int]
) -> tuple[Tensor, Tensor]:
    """Each member's summed InfoNCE and number of targets, both (K,), for users `rows` of shape (K, B)."""
    last_only = settings.targets == "last"
    examples = model.backbone.examples(data.sequences[rows], data.n_items, last_only=last_only)
    hidden = model(examples.inputs, table).flatten(1, 2)
    targets = examples.targets.flatten(1)
    excluded = (
        targets[..., None] if settings.exclude == "target" else _repeated(data.seen[rows], examples.targets.shape[2])
    )
    places, real = real_places(targets < data.n_items)
    items = targets.clamp(max=data.n_items - 1)
    hidden = _at(places, hidden)
    if settings.negatives == "all":
        wanted, without = items.gather(1, places), _at(places, excluded)
        losses = full_softmax(hidden, table[:, :-1], wanted, without, settings.similarity, settings.temperature)
    else:
        # Drawn for every position, padded ones too: what a member draws must not depend on the others' padding.
        numbers = draw(keys, (targets.shape[1], settings.negatives), targets.device)
        candidates = torch.cat([items[..., None], negatives_from(numbers, excluded, data.n_items)], dim=-1)
        scores = candidate_scores(hidden, table[:, :-1], _at(places, candidates), settings.similarity)
        losses = info_nce(scores, settings.temperature)
    return (losses * real).sum(dim=1), real.sum(dim=1)


def _repeated(seen: Tensor, length: int) -> Tensor:
    """Each user's row for every position of the user: (K, B, E) -> (K, B * T, E)."""
    return seen[:, :, None].expand(-1, -1, length, -1).flatten(1, 2)


def _at(places: Tensor, rows: Tensor) -> Tensor:
    """The rows at each member's places: (K, P) and (K, R, *) -> (K, P, *)."""
    return rows.gather(1, places[..., None].expand(-1, -1, rows.shape[-1]))


def real_places(real: Tensor) -> tuple[Tensor, Tensor]:
    """Where each member's real targets are, so that no score is computed for padding.

    Args:
        real: shape (K, R) of bool.

    Returns:
        Indices of shape (K, P), P the largest count of the pack, and which of them are real (K, P): members with fewer
        are filled up.
    """
    counts = real.sum(dim=1)
    width = int(counts.max())
    places = real.long().argsort(dim=1, descending=True, stable=True)[:, :width]
    return places, torch.arange(width, device=real.device) < counts[:, None]
