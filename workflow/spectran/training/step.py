"""One step of a pack: every member learns from its own batch of users."""

from dataclasses import dataclass

import torch
from torch import Tensor

from spectran.config.training import Training
from spectran.models.layout import Places, real_first
from spectran.models.methods.method import Step
from spectran.models.recommender import Recommender
from spectran.training.adam import PackedAdam
from spectran.training.data import TrainingData
from spectran.training.loss import full_softmax, info_nce, negatives_from
from spectran.training.scores import candidate_scores


@dataclass(frozen=True)
class Learner:
    """What every step of a pack needs.

    Attributes:
        model: K members, in training mode.
        adam: of its parameters.
        data: train part.
        settings: of the loss.
    """

    model: Recommender
    adam: PackedAdam
    data: TrainingData
    settings: Training

    def step(self, users: Tensor, rows: int) -> tuple[Tensor, Tensor]:
        """Learn from users of shape (K, B), of whom no member has more real inputs than `rows`.

        Returns:
            Each member's summed InfoNCE and number of targets, both (K,).
        """
        self.model.noise.begin_step()
        self.adam.zero_grad()
        table = self.model.method.item_table()
        summed, counts = self.loss(table, users, rows)
        loss = summed / counts.clamp(min=1)
        extra = self.model.method.auxiliary_loss(Step(self.model, table, users, self.data.histories))
        # Summing over members keeps their gradients apart: no parameter is shared.
        (loss if extra is None else loss + extra).sum().backward()
        self.adam.step()
        self.model.method.after_step()
        return summed.detach(), counts

    def loss(self, table: Tensor, users: Tensor, rows: int) -> tuple[Tensor, Tensor]:
        """Each member's summed InfoNCE and number of targets, both (K,); nothing is computed for padding."""
        n_items, last_only = self.data.n_items, self.settings.targets == "last"
        examples = self.model.backbone.examples(self.data.sequences[users], n_items, last_only=last_only)
        real = examples.inputs != n_items
        layout = self.model.layout(real, real, rows)
        targets = examples.targets.flatten(1)
        learned = targets < n_items
        dense = self.model.dense
        places = Places.of(real_first(learned, real.flatten(1), count=rows if dense else None), layout.rows.size)
        if not dense and torch.equal(places.index, layout.rows.index):
            places = layout.rows
        hidden = self.model(examples.inputs, table, layout, places)
        counted = places.values(learned)
        wanted = places.values(targets).clamp(max=n_items - 1)
        excluded = self._excluded(users, wanted, places, layout.shape[1])
        if self.settings.negatives == "all":
            similarity, temperature = self.settings.similarity, self.settings.temperature
            losses = full_softmax(hidden, table[:, :-1], wanted, excluded, similarity, temperature)
        else:
            # A negative is a function of its place, so that what a member draws does not depend on other members.
            numbers = self.model.noise.integers((places.count, self.settings.negatives), hidden.device, places.index)
            candidates = torch.cat([wanted[..., None], negatives_from(numbers, excluded, n_items)], dim=-1)
            scores = candidate_scores(hidden, table, candidates, self.settings.similarity, dense=dense)
            losses = info_nce(scores, self.settings.temperature)
        return (losses * counted).sum(dim=1), counted.sum(dim=1)

    def _excluded(self, users: Tensor, wanted: Tensor, places: Places, length: int) -> Tensor:
        """Items that are no negatives of each place, ascending and filled up with N: (K, P, E)."""
        if self.settings.exclude == "target":
            return wanted[..., None]
        return self.data.seen[users.gather(1, places.index // length)]
