"""Attention of few places over many rows without making keys and values, since both are linear in the rows.

    q . (W_k x_j + b_k) = (W_k^T q) . x_j + q . b_k
    sum_j w_j (W_v x_j + b_v) = W_v (sum_j w_j x_j) + (sum_j w_j) b_v

A matrix then meets the P places that ask and not the R that are read: masked items in training, the last place of each
user when all items are ranked. The same function and gradients but for rounding.
"""

from collections.abc import Iterator

import torch
from torch import Tensor

from spectran.models.layers import PackedLinear, product
from spectran.models.layout import Layout, Places
from spectran.models.mutual import reading_pattern
from spectran.models.reading import Weigh
from spectran.models.sparse import sampled_products, weighted_rows


def few_ask(layout: Layout, wanted: Places, heads: int) -> bool:
    """Whether this pays: a head reads all d columns of a row and not its own, which many places undo (by timing)."""
    return not layout.dense and 3 * wanted.count * heads <= 2 * layout.rows.count


def read_unprojected(
    q: Tensor,
    x: Tensor,
    key: PackedLinear,
    value: PackedLinear,
    heads: int,
    layout: Layout,
    wanted: Places,
    weigh: Weigh,
) -> Tensor:
    """What `reading.read` gives for the keys and values that two maps make of rows.

    Args:
        q: queries of wanted places, shape (K, P, d).
        x: rows of all places that are computed, shape (K, R, d).
        key: makes keys of rows.
        value: makes values of rows.
        heads: see `reading.read`, as what follows.
        layout: of the batch.
        wanted: places of the queries.
        weigh: makes weights of scores.

    Returns:
        Shape (K, P, d).
    """
    pattern = reading_pattern(layout, wanted, 1)
    scores = [
        sampled_products(product(asked, matrix.mT, key.products), x, pattern) + asked @ bias[..., None]
        for asked, (matrix, bias) in zip(q.chunk(heads, dim=-1), _by_head(key, heads), strict=True)
    ]
    weights = weigh(torch.stack(scores, dim=2))
    read = [
        product(weighted_rows(mixing, x, pattern), matrix, value.products)
        + mixing.sum(dim=-1, keepdim=True) @ bias[:, None]
        for mixing, (matrix, bias) in zip(weights.unbind(dim=2), _by_head(value, heads), strict=True)
    ]
    return torch.cat(read, dim=-1)


def _by_head(layer: PackedLinear, heads: int) -> Iterator[tuple[Tensor, Tensor]]:
    """Each head's matrix (K, d, d / heads) and bias (K, d / heads)."""
    bias = layer.weight.new_zeros(layer.weight[:, 0].shape) if layer.bias is None else layer.bias
    return zip(layer.weight.chunk(heads, dim=-1), bias.chunk(heads, dim=-1), strict=True)
