"""G-LPF, the low-pass filter on the item graph (FreLLM4Rec, arXiv 2508.10312): what the trained one must equal."""

from spectran.data.incidence import Sparse
from spectran.spectra.matrix import Matrix


def low_pass(S: Sparse, X: Matrix, alpha: float, hops: int) -> Matrix:
    """(I - alpha L)^hops X = ((1 - alpha) I + alpha S)^hops X, by sparse products.

    A signal of eigenvalue v of L is multiplied by (1 - alpha v)^hops; v = 0, the signal D^1/2 1, passes unchanged. The
    authors' code has one hop.

    Args:
        S: the normalised item graph, shape (N, N).
        X: signals, shape (N, d).
        alpha: strength, 0 .. 1.
        hops: power of the filter, at least 1.
    """
    for _ in range(hops):
        X = (1.0 - alpha) * X + alpha * (S @ X)
    return X
