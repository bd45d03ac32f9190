"""InfoNCE with uniform negatives (SpecTran section 4.1.5: 64 of them; temperature and similarity are AlphaFuse's).

With every other item as a negative it is the softmax over all items (as in SASRec's later re-evaluations: Klenitskiy
and Vasilev, RecSys 2023), here of the same similarity and temperature.
"""

import torch
from torch import Tensor
from torch.nn import functional

from spectran.config.training import Score
from spectran.models.randomness import below


def negatives_from(numbers: Tensor, excluded: Tensor, n_items: int) -> Tensor:
    """Turn random numbers into uniform negatives, independent of each other, that are never an excluded item.

    Args:
        numbers: uniform integers in 0 .. 2^31 - 1, shape (*, M).
        excluded: items that are no negatives, ascending and different, filled up with N; shape (*, E).
        n_items: N; at least one item must be left. The padding index N is never drawn.

    Returns:
        Item indices, shape (*, M).
    """
    real = excluded < n_items
    left = n_items - real.sum(dim=-1, keepdim=True)
    drawn = below(numbers, left)
    # The r-th item that is left lies behind as many excluded ones as have at most r left ones before them.
    gaps = (excluded - torch.arange(excluded.shape[-1], device=excluded.device)).where(real, n_items)
    result = drawn.clone()
    for gap in gaps.unbind(dim=-1):
        result += drawn >= gap[..., None]
    return result


def info_nce(scores: Tensor, temperature: float) -> Tensor:
    """-log softmax of the first candidate, the target: (K, P, 1 + M) -> (K, P)."""
    logits = scores / temperature
    return logits.logsumexp(dim=-1) - logits[..., 0]


def full_softmax(
    hidden: Tensor, table: Tensor, targets: Tensor, excluded: Tensor, similarity: Score, temperature: float
) -> Tensor:
    """-log softmax of the target among all items but the excluded ones; the target itself always counts.

    Takes about three arrays of shape (K, P, N): scores, their logarithmic softmax, and its gradient.

    Args:
        hidden: shape (K, P, d).
        table: item vectors of real items, shape (K, N, d).
        targets: item indices, shape (K, P).
        excluded: items that are no negatives, filled up with N; shape (K, P, E).
        similarity: cosine or dot.
        temperature: what scores are divided by.

    Returns:
        Shape (K, P).
    """
    if similarity == "cosine":
        hidden, table = functional.normalize(hidden, dim=-1), functional.normalize(table, dim=-1)
    logits = (hidden / temperature) @ table.transpose(1, 2)
    n_items = table.shape[1]
    left_out = (excluded < n_items) & (excluded != targets[..., None])
    # What stays gets 0 added, wherever the filling points to.
    shut = torch.zeros_like(excluded, dtype=logits.dtype).masked_fill(left_out, -torch.inf)
    logits = logits.scatter_add_(-1, excluded.clamp(max=n_items - 1), shut)
    return -logits.log_softmax(dim=-1).gather(-1, targets[..., None]).squeeze(-1)
