"""The reference's training epoch and full ranking."""

import torch
from torch import Tensor
from torch.nn import functional
from torch.utils.data import DataLoader, TensorDataset

from benchmarks.reference.model import Model
from spectran.config.training import Training


class Loop:
    """One model in training.

    Args:
        model: what is trained.
        sequences: the last T + 1 items of every user's train part, shape (U, T + 1), left-padded with N.
        training: batch, learning rate, negatives and temperature.
        weight_decay: Adam's L2 penalty.
    """

    def __init__(self, model: Model, sequences: Tensor, training: Training, weight_decay: float = 0.0) -> None:
        self.model, self.training = model, training
        self.optimizer = torch.optim.Adam(model.parameters(), lr=training.learning_rate, weight_decay=weight_decay)
        self.users = DataLoader(TensorDataset(sequences.cpu()), batch_size=training.batch, shuffle=True)
        self.device = sequences.device

    def epoch(self) -> float:
        """Train on every user once; the mean loss of the steps."""
        self.model.train()
        losses = []
        for (rows,) in self.users:
            inputs, targets = self.model.backbone.examples(rows, self.model.n_items)
            inputs, targets = inputs.to(self.device), targets.to(self.device)
            wanted = targets[targets < self.model.n_items]
            losses.append(self.step(inputs, targets, self.negatives(wanted)))
        return sum(losses) / len(losses)

    def negatives(self, wanted: Tensor) -> Tensor:
        """Uniform items that are not the target: targets (P,) -> (P, M)."""
        count = self.training.negatives
        assert isinstance(count, int)
        drawn = torch.randint(self.model.n_items - 1, (len(wanted), count), device=wanted.device)
        return drawn + (drawn >= wanted[:, None])

    def step(self, inputs: Tensor, targets: Tensor, negatives: Tensor) -> float:
        """One optimiser step: inputs and targets (B, T), negatives of the P real targets (P, M); gives the loss."""
        self.optimizer.zero_grad()
        loss = self.loss(inputs, targets, negatives)
        loss.backward()
        self.optimizer.step()
        self.model.method.after_step()
        return loss.item()

    def loss(self, inputs: Tensor, targets: Tensor, negatives: Tensor) -> Tensor:
        """InfoNCE of cosines, the mean over real targets."""
        table = self.model.method()
        real = targets < self.model.n_items
        hidden = functional.normalize(self.model(inputs, table)[real], dim=-1)
        candidates = torch.cat([targets[real][:, None], negatives], dim=1)
        vectors = functional.normalize(table, dim=-1)[candidates]
        logits = (vectors @ hidden[..., None]).squeeze(-1) / self.training.temperature
        return functional.cross_entropy(logits, logits.new_zeros(len(logits), dtype=torch.long))


@torch.no_grad()
def rank(model: Model, histories: Tensor, targets: Tensor, batch: int = 256) -> tuple[Tensor, Tensor]:
    """Rank every user's target among all items by cosine.

    Args:
        model: the model.
        histories: shape (U, T), left-padded with N.
        targets: shape (U,).
        batch: users at a time.

    Returns:
        1 + items scored higher, and other items with the same score, both (U,).
    """
    model.eval()
    table = model.method()
    items = functional.normalize(table[:-1], dim=-1)
    ranks, ties = [], []
    for rows, wanted in zip(histories.split(batch), targets.split(batch), strict=True):
        users = model(model.backbone.query(rows, model.n_items), table)[:, -1]
        scores = users @ items.T
        own = scores.gather(1, wanted[:, None])
        ranks.append(1 + (scores > own).sum(dim=1))
        ties.append((scores == own).sum(dim=1) - 1)
    return torch.cat(ranks), torch.cat(ties)


def ndcg(ranks: Tensor, cutoff: int = 20) -> float:
    """The mean of 1 / log2(1 + rank) within the cutoff; ties, which a trained model hardly has, count as the best."""
    gains = (1 / torch.log2(1 + ranks.double())).where(ranks <= cutoff, 0.0)
    return gains.mean().item()
