"""Full ranking by counting: a target's rank is one plus the number of items scored strictly higher."""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional

from spectran.config.training import Score
from spectran.divergence import DivergedError
from spectran.models.recommender import Recommender

#: Users that are encoded at a time.
ENCODED = 512
#: Scores that are held at a time: of one member on a CPU, of all on a GPU, which wants large products.
SCORES = {"cpu": 2**23, "cuda": 2**28}
#: Items of one product, and scores that are counted in one go: what stays in a processor's cache.
ITEMS, COUNTED = 1024, 2**18


@dataclass(frozen=True)
class Ranks:
    """Ranks of U users' targets for K members.

    Attributes:
        rank: 1 + items scored strictly higher than the target, shape (K, U); 0 where a score of the user is NaN.
        ties: other items with exactly the target's score, shape (K, U); 0 there too.
    """

    rank: Tensor
    ties: Tensor

    def undefined(self) -> Tensor:
        """Members with a score that is NaN, shape (K,) of bool."""
        return (self.rank == 0).any(dim=-1)

    def checked(self) -> "Ranks":
        """The same.

        Raises:
            DivergedError: if a score is NaN, which no rank can be given to.
        """
        if bool(self.undefined().any()):
            raise DivergedError("a score is NaN: the model diverged")
        return self

    @classmethod
    def joined(cls, parts: "list[Ranks]") -> "Ranks":
        """Ranks of chunks of users as those of all of them."""
        return cls(torch.cat([part.rank for part in parts], -1), torch.cat([part.ties for part in parts], -1))

    @classmethod
    def stacked(cls, parts: "list[Ranks]") -> "Ranks":
        """Ranks of some members each as those of all of them."""
        return cls(torch.cat([part.rank for part in parts]), torch.cat([part.ties for part in parts]))


def count_ranks(users: Tensor, table: Tensor, targets: Tensor) -> Ranks:
    """Rank targets among all items by the products of user and item vectors; see `count_scores`.

    Args:
        users: user vectors, shape (K, B, d).
        table: item vectors of real items, shape (K, N, d).
        targets: shape (B,).
    """
    if users.device.type != "cpu":
        return count_scores(users @ table.transpose(1, 2), targets)
    scores = users.new_empty(len(users), users.shape[1], table.shape[1])
    blocks = -(-table.shape[1] // ITEMS)
    for items, part in zip(table.tensor_split(blocks, dim=1), scores.tensor_split(blocks, dim=2), strict=True):
        torch.bmm(users, items.transpose(1, 2), out=part)
    some = max(1, COUNTED // scores[:, 0].numel())
    return Ranks.joined([count_scores(*of) for of in zip(scores.split(some, dim=1), targets.split(some), strict=True)])


def count_scores(scores: Tensor, targets: Tensor) -> Ranks:
    """Rank targets among all items; no item is left out, those of the history neither.

    Args:
        scores: each user's score of every item, shape (K, B, N).
        targets: shape (B,).
    """
    own = scores.gather(-1, targets.expand(len(scores), -1)[..., None])
    undefined = scores.amax(-1).isnan()  # the largest of numbers and a NaN is NaN
    # Signs and their sums stay in float, which a processor adds several times faster than it counts what is true.
    signs = (scores - own).sign_()
    total, unequal = signs.sum(-1), signs.abs_().sum(-1)
    higher, equal = ((total + unequal) / 2).long(), scores.shape[-1] - unequal.long()
    return Ranks(rank=(1 + higher).masked_fill(undefined, 0), ties=(equal - 1).masked_fill(undefined, 0))


def rank_targets(
    model: Recommender, histories: Tensor, targets: Tensor, score: Score, *, chunk: int = ENCODED
) -> Ranks:
    """Rank every user's target with every member; see `rank_targets_by`, of one score."""
    return rank_targets_by(model, histories, targets, (score,), chunk=chunk)[score]


@torch.no_grad()
def rank_targets_by(
    model: Recommender, histories: Tensor, targets: Tensor, scores: Sequence[Score], *, chunk: int = ENCODED
) -> dict[Score, Ranks]:
    """Rank every user's target with every member, by several scores: users are encoded once.

    Args:
        model: K members, in evaluation mode.
        histories: item indices, shape (U, T), left-padded with N.
        targets: shape (U,).
        scores: cosine divides item vectors by their length; a user's own length changes no order.
        chunk: users encoded at a time.
    """
    table = model.method.item_table()
    items: dict[Score, Tensor] = {score: _scored(table[:, :-1], score) for score in scores}
    members = 1 if table.device.type == "cpu" else len(table)
    at_once = max(1, SCORES[table.device.type] // (members * (table.shape[1] - 1)))
    parts: dict[Score, list[Ranks]] = {score: [] for score in scores}
    for rows, wanted in zip(histories.split(chunk), targets.split(chunk), strict=True):
        users = model.user_vectors(rows.expand(len(table), -1, -1), table)
        for some, of in zip(users.split(at_once, dim=1), wanted.split(at_once), strict=True):
            for score, vectors in items.items():
                by_member = zip(some.split(members), vectors.split(members), strict=True)
                parts[score].append(Ranks.stacked([count_ranks(*pair, of) for pair in by_member]))
    return {score: Ranks.joined(found) for score, found in parts.items()}


def _scored(items: Tensor, score: Score) -> Tensor:
    return functional.normalize(items, dim=-1) if score == "cosine" else items
