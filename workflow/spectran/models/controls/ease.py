"""EASE: the closed-form linear item-item model (Steck, WWW 2019, arXiv 1905.03375).

Minimises ||X - X B||^2 + lambda ||B||^2 over B with a zero diagonal, X the binary user-item matrix of the train part.
With P = (X^T X + lambda I)^-1 the solution is B = I - P diag(P)^-1: B_ij = -P_ij / P_jj off the
diagonal. A user's scores are his row of X times B. Different from the paper's evaluation: users are those of the train
part, and their items are not left out of the ranking, as for every method here.
"""

import numpy as np
from scipy.linalg import LinAlgError, cho_factor, lapack

from spectran.data.incidence import incidence_of, users_in_common
from spectran.data.sequences import Ids, Sequences
from spectran.models.controls.control import Scores, UntrainedControl
from spectran.models.features import ItemFeatures


class EaseControl(UntrainedControl):
    """Scores items by x B, x the different items of the history.

    Attributes:
        weights: B, float64, shape (N, N); 4.2 GB at Clothing's 22,948 items, and nothing else of that size is made.

    Args:
        train: the train part.
        penalty: lambda.
    """

    def __init__(self, train: Sequences, _features: ItemFeatures, *, penalty: float) -> None:
        self.n_items = train.n_items
        gram = users_in_common(train).toarray()
        gram[np.diag_indices(self.n_items)] += penalty
        self.weights = _inverse_in_place(gram)
        self.weights /= -np.diag(self.weights)
        np.fill_diagonal(self.weights, 0.0)

    def scores(self, histories: Ids) -> Scores:
        """Products x B, shape (B, N)."""
        found: Scores = incidence_of(histories, self.n_items) @ self.weights
        return found


def _inverse_in_place(matrix: Scores) -> Scores:
    """The inverse of a symmetric positive definite matrix of C order, in its own memory; scipy's inv takes thrice that.

    Raises:
        LinAlgError: if the matrix is not positive definite.
    """
    # LAPACK counts down columns: it sees the transpose, which is the same matrix, without a copy.
    factor, _ = cho_factor(matrix.T, lower=True, overwrite_a=True, check_finite=False)
    inverse, info = lapack.dpotri(factor, lower=True, overwrite_c=True)
    if info:
        raise LinAlgError(f"a positive definite matrix expected, but LAPACK's dpotri gave {info}")
    upper: Scores = inverse.T
    # Only one triangle is written.
    for row in range(len(upper)):
        upper[row + 1 :, row] = upper[row, row + 1 :]
    return upper
