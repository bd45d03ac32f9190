"""The float64 SVD of a text embedding matrix, made once per dataset and encoder."""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
import scipy.linalg
from numpy.typing import NDArray
from safetensors.numpy import load_file, save_file

from spectran.io import replacing

Form = Literal["raw", "centred"]
FORMS: tuple[Form, ...] = ("raw", "centred")
Matrix = NDArray[np.float64]


@dataclass(frozen=True)
class Decomposition:
    """E = U diag(S) V^T, cut at the numerical rank r.

    Attributes:
        U: left singular vectors, shape (N, r).
        S: singular values, descending, shape (r,).
        V: right singular vectors, shape (l, r).
    """

    U: Matrix
    S: Matrix
    V: Matrix

    @property
    def rank(self) -> int:
        """Numerical rank r."""
        return int(self.S.shape[0])

    def save(self, path: Path) -> None:
        """Write the three arrays as safetensors."""
        arrays = {"U": self.U, "S": self.S, "V": self.V}
        with replacing(path) as temporary:
            save_file({name: np.ascontiguousarray(array) for name, array in arrays.items()}, temporary)

    @classmethod
    def load(cls, path: Path) -> "Decomposition":
        """Read what `save` wrote."""
        return cls(**load_file(path))


def unit_rows(embeddings: NDArray[np.floating]) -> Matrix:
    """Scale every row to length 1, in float64.

    Table 6's principal weights are of the size of sigma_1 of unit rows; raw LLaMA3 states would be a hundred
    times larger.

    Args:
        embeddings: text embeddings, shape (N, l).

    Raises:
        ValueError: if a row is zero or not finite, naming the row.
    """
    rows = embeddings.astype(np.float64)
    norms = np.linalg.norm(rows, axis=1)
    bad = np.flatnonzero(~np.isfinite(norms) | (norms == 0))
    if bad.size:
        raise ValueError(
            f"embeddings: finite non-zero rows expected, found {bad.size} others, the first is row {bad[0]}"
        )
    unit: Matrix = rows / norms[:, None]
    return unit


def decompose(embeddings: NDArray[np.floating], form: Form) -> Decomposition:
    """SVD of the unit-row embeddings, raw (SpecTran eq. 3) or after centring the columns (AlphaFuse's PCA).

    The rank is cut at sigma_1 * max(N, l) * eps(float32), the usual tolerance of the precision that
    the vectors were stored in.
    Signs are fixed: in each right singular vector the entry of largest size is positive.

    Args:
        embeddings: text embeddings, shape (N, l).
        form: `raw` or `centred`.

    Raises:
        ValueError: if a row is zero or not finite.
    """
    rows = unit_rows(embeddings)
    if form == "centred":
        rows -= rows.mean(axis=0)
    U, S, Vt = scipy.linalg.svd(rows, full_matrices=False, check_finite=False, lapack_driver="gesdd")
    tolerance = S[0] * max(rows.shape) * np.finfo(np.float32).eps
    rank = max(1, int((tolerance < S).sum()))
    U, S, V = U[:, :rank], S[:rank], Vt[:rank].T
    signs = np.sign(V[np.abs(V).argmax(axis=0), np.arange(rank)])
    return Decomposition(U=U * signs, S=S, V=V * signs)
