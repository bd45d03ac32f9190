"""What places read of their sequences: products of queries and keys, and values mixed by weights made of them."""

from collections.abc import Callable

from torch import Tensor

from spectran.models.layout import Layout, Places
from spectran.models.mutual import reading_pattern
from spectran.models.sparse import sampled_products, weighted_rows

#: From scores to weights, both (K, P, heads, T): of each wanted place for the T places of its sequence.
Weigh = Callable[[Tensor], Tensor]


def read(q: Tensor, k: Tensor, v: Tensor, heads: int, layout: Layout, wanted: Places, weigh: Weigh) -> Tensor:
    """Values mixed by weights for each wanted place.

    Args:
        q: queries of wanted places, shape (K, P, d).
        k: keys of the places that are computed, shape (K, R, d).
        v: their values, likewise.
        heads: heads of d / heads columns each.
        layout: of the batch.
        wanted: places of the queries.
        weigh: makes weights of scores; those of places that must not be read have to be zero.

    Returns:
        Shape (K, P, d).
    """
    return (read_on_grid if layout.dense else read_by_rows)(q, k, v, heads, layout, wanted, weigh)


def read_by_rows(q: Tensor, k: Tensor, v: Tensor, heads: int, layout: Layout, wanted: Places, weigh: Weigh) -> Tensor:
    """As a CPU is fast: nothing is computed for padding, and no row is copied."""
    pattern = reading_pattern(layout, wanted, heads)
    members, places = len(q), wanted.count
    q, k, v = (part.reshape(members, -1, part.shape[-1] // heads) for part in (q, k, v))
    scores = sampled_products(q, k, pattern).view(members, places, heads, -1)
    return weighted_rows(weigh(scores).flatten(1, 2), v, pattern).view(members, places, -1)


def read_on_grid(q: Tensor, k: Tensor, v: Tensor, heads: int, layout: Layout, wanted: Places, weigh: Weigh) -> Tensor:
    """As a GPU is fast: small dense products, a user and head each."""
    length = layout.shape[1]
    q, k, v = (
        layout.grid(part, places).unflatten(-1, (heads, -1)).transpose(2, 3)
        for part, places in ((q, wanted), (k, layout.rows), (v, layout.rows))
    )
    scores = (q @ k.transpose(-1, -2)).transpose(2, 3).flatten(3).flatten(1, 2)
    weights = weigh(wanted.collect(scores).unflatten(-1, (heads, length)))
    grid = layout.grid(weights.flatten(2), wanted).unflatten(-1, (heads, length)).transpose(2, 3)
    return wanted.collect((grid @ v).transpose(2, 3).flatten(3).flatten(1, 2))
