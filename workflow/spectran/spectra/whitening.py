"""Whitening: text embeddings turned and scaled so that their components are uncorrelated and of equal variance."""

from typing import Literal

import numpy as np

from spectran.spectra.decomposition import Decomposition
from spectran.spectra.matrix import Matrix

WhiteForm = Literal["zca", "pca"]


def whiten(svd: Decomposition, form: WhiteForm, epsilon: float) -> Matrix:
    """The rows of E_c = U S V^T with component j divided by sqrt(v_j + epsilon v_1), v_j = S_j^2 / (N - 1).

    Only the components of the SVD, which is cut at its numerical rank, are there to be divided: where N < l the others
    have no variance, and 1 / sqrt(v_j) alone would blow up their rounding errors. Up to epsilon, PCA is sqrt(N - 1) U
    and ZCA is sqrt(N - 1) U V^T.

    Args:
        svd: SVD of the centred embeddings.
        form: `pca` leaves the components as columns, `zca` turns them back to the text's own axes.
        epsilon: share of the largest variance that is added to every one.

    Returns:
        Shape (N, r) for `pca`, (N, l) for `zca`.
    """
    variance = svd.S**2 / (len(svd.U) - 1)
    components: Matrix = svd.U * (svd.S / np.sqrt(variance + epsilon * variance[0]))
    if form == "zca":
        components = components @ svd.V.T
    return components
