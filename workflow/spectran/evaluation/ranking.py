"""Full ranking by counting: a target's rank is one plus the number of items scored strictly higher."""

from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional

from spectran.config.training import Score
from spectran.divergence import DivergedError
from spectran.models.recommender import Recommender

#: Users that are encoded at a time.
ENCODED = 512
#: Scores that are counted at a time: what stays in a processor's cache, what keeps a GPU busy.
SCORES = {"cpu": 2**20, "cuda": 2**28}


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


def count_ranks(users: Tensor, table: Tensor, targets: Tensor) -> Ranks:
    """Rank targets among all items by the products of user and item vectors; see `count_scores`.

    Args:
        users: user vectors, shape (K, B, d).
        table: item vectors of real items, shape (K, N, d).
        targets: shape (B,).
    """
    return count_scores(users @ table.transpose(1, 2), targets)


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


@torch.no_grad()
def rank_targets(
    model: Recommender, histories: Tensor, targets: Tensor, score: Score, *, chunk: int = ENCODED
) -> Ranks:
    """Rank every user's target with every member.

    Args:
        model: K members, in evaluation mode.
        histories: item indices, shape (U, T), left-padded with N.
        targets: shape (U,).
        score: cosine divides item vectors by their length; a user's own length changes no order.
        chunk: users encoded at a time.
    """
    table = model.method.item_table()
    items = table[:, :-1]
    if score == "cosine":
        items = functional.normalize(items, dim=-1)
    at_once = max(1, SCORES[items.device.type] // items.shape[:2].numel())
    parts = []
    for rows, wanted in zip(histories.split(chunk), targets.split(chunk), strict=True):
        users = model.user_vectors(rows.expand(len(table), -1, -1), table)
        blocks = zip(users.split(at_once, dim=1), wanted.split(at_once), strict=True)
        parts += [count_ranks(some, items, of) for some, of in blocks]
    return Ranks.joined(parts)
