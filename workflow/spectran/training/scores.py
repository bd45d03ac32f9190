"""Scores of hidden states with their own candidates: by one product with all items, or of the candidates alone."""

from torch import Tensor
from torch.nn import functional

from spectran.config.training import Score
from spectran.models.sparse import Pattern, sampled_cosines, sampled_products
from spectran.models.tables import gather_rows

#: Up to this many items, scoring all of them by one matrix product is cheaper than the candidates alone: where the
#: alternative is a sparse product, and where it is gathering the candidates' vectors.
PRODUCT_ITEMS, PRODUCT_ITEMS_DENSE = 500, 5000


def candidate_scores(
    hidden: Tensor, table: Tensor, candidates: Tensor, similarity: Score, *, dense: bool = False
) -> Tensor:
    """Scores of each hidden state with its own candidates.

    Args:
        hidden: shape (K, P, d).
        table: item vectors, shape (K, N + 1, d).
        candidates: item indices, shape (K, P, C).
        similarity: cosine or dot.
        dense: see `Recommender`.

    Returns:
        Shape (K, P, C).
    """
    cosine = similarity == "cosine"
    if cosine:
        hidden = functional.normalize(hidden, dim=-1)
    product = table.shape[1] - 1 <= (PRODUCT_ITEMS_DENSE if dense else PRODUCT_ITEMS)
    if not (dense or product):
        pattern = Pattern.packed(candidates, table.shape[1])
        return (sampled_cosines if cosine else sampled_products)(hidden, table, pattern)
    if cosine:
        table = functional.normalize(table, dim=-1)
    if product:
        return (hidden @ table.transpose(1, 2)).gather(-1, candidates)
    return (gather_rows(table, candidates) @ hidden[..., None]).squeeze(-1)
