"""LLMInit (Zhang et al. 2025; code DavidZWZ/LLMInit): a trained item table that starts from columns of the text.

Default: the d columns of largest variance, in their own order, as SpecTran describes it; the authors' code takes the
variance over the 20 % most popular items (`popular_fraction: 0.2`). Other starts: every (l // d)-th column, as their
`uni`; d leading scores of the centred SVD, U S, a control; the same of unit variance, sqrt(N - 1) U, as in AlphaFuse's
port. Their `rand`, columns drawn with repetition, is not built.

Differences: they take the encoder's vectors as they are and do not scale; here rows have unit length, and the start is
multiplied so that the standard deviation of its entries is the member's `id_scale`, which is tuned for every method
(`scale_start: false` leaves it as it is). All of the table is trained, so what the method makes of the text is the item
table itself.
"""

import math

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from spectran.config.methods import LLMInit
from spectran.models.features import ItemFeatures
from spectran.models.members import Pack
from spectran.models.methods.method import ItemMethod
from spectran.models.noise import PackedNoise
from spectran.models.tables import IdTable


class LLMInitMethod(ItemMethod):
    """An ID table with a start made of text."""

    def __init__(self, options: LLMInit, pack: Pack, features: ItemFeatures, dim: int, noise: PackedNoise) -> None:
        super().__init__(len(pack))
        start = start_of(options, features, dim)
        self.ids = IdTable(pack, features.n_items, dim, start, scale_start=options.scale_start)

    def semantic_table(self) -> Tensor:
        """The item table's real rows, shape (K, N, d)."""
        return self.ids.rows()

    def item_table(self) -> Tensor:
        """The trained table, shape (K, N + 1, d)."""
        return self.ids.weight


def start_of(options: LLMInit, features: ItemFeatures, dim: int) -> NDArray[np.float64]:
    """What the table starts from, before it is scaled: shape (N, d).

    Raises:
        ValueError: if the text has fewer columns, or a lower rank, than d.
    """
    if options.columns in {"pca", "whitened_pca"}:
        svd = features.decomposition("centred", at_least=dim)
        scale = svd.S[:dim] if options.columns == "pca" else math.sqrt(features.n_items - 1)
        scores: NDArray[np.float64] = svd.U[:, :dim] * scale
        return scores
    text = features.embeddings(at_least=dim)
    if options.columns == "uniform":
        columns = np.arange(dim) * (text.shape[1] // dim)
    else:
        variance = text[_popular(features, options.popular_fraction)].var(axis=0)
        columns = np.sort(np.argsort(-variance, kind="stable")[:dim])
    start = text[:, columns]
    return start - start.mean(axis=0) if options.centre else start


def _popular(features: ItemFeatures, fraction: float) -> NDArray[np.int64]:
    """The most popular items, this share of all; of equally popular ones those of lower index."""
    if fraction == 1:
        return np.arange(features.n_items)
    if features.popularity is None:
        raise ValueError(f"popular_fraction {fraction} needs the items' popularity, which is not known here")
    return np.argsort(-features.popularity, kind="stable")[: math.ceil(fraction * features.n_items)]
