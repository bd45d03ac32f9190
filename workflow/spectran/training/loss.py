"""InfoNCE with uniform negatives (SpecTran section 4.1.5: 64 of them; temperature and similarity are AlphaFuse's)."""

import torch
from torch import Tensor
from torch.nn import functional

from spectran.config.training import Score
from spectran.models.tables import gather_rows

#: Up to this many items, scoring all of them by one matrix product is cheaper than gathering candidate vectors.
PRODUCT_ITEMS = 5000


def draw_negatives(targets: Tensor, count: int, n_items: int, generator: torch.Generator) -> Tensor:
    """Uniform negatives, independent for each target, that are never the target; history items are allowed.

    Args:
        targets: item indices, shape (*,); where it is the padding index N, the negatives are 0 .. N - 2.
        count: negatives M of each target.
        n_items: N, at least 2; the padding index N is never drawn.
        generator: the member's random stream.

    Returns:
        Shape (*, M).
    """
    draw = torch.randint(n_items - 1, (*targets.shape, count), generator=generator, device=generator.device)
    return draw + (draw >= targets[..., None])


def candidate_scores(hidden: Tensor, table: Tensor, candidates: Tensor, similarity: Score) -> Tensor:
    """Scores of each hidden state with its own candidates.

    Args:
        hidden: shape (K, P, d).
        table: item vectors of real items, shape (K, N, d).
        candidates: item indices, shape (K, P, C).
        similarity: cosine or dot.

    Returns:
        Shape (K, P, C).
    """
    if similarity == "cosine":
        hidden, table = functional.normalize(hidden, dim=-1), functional.normalize(table, dim=-1)
    if table.shape[1] <= PRODUCT_ITEMS:
        return (hidden @ table.transpose(1, 2)).gather(-1, candidates)
    return (gather_rows(table, candidates) @ hidden[..., None]).squeeze(-1)


def info_nce(scores: Tensor, temperature: float) -> Tensor:
    """-log softmax of the first candidate, the target: (K, P, 1 + M) -> (K, P)."""
    logits = scores / temperature
    return logits.logsumexp(dim=-1) - logits[..., 0]
