"""The float64 SVD of a text embedding matrix, made once per dataset and encoder."""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.numpy import load_file, save_file

from spectran.io import replacing
from spectran.spectra.matrix import Matrix
from spectran.spectra.matrix import unit_rows as unit_rows

Form = Literal["raw", "centred"]
FORMS: tuple[Form, ...] = ("raw", "centred")


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
        """Read what `save` wrote.

        Raises:
            ValueError: if the file is damaged or holds something else, naming it.
        """
        try:
            return cls(**load_file(path))
        except (SafetensorError, TypeError) as error:
            raise ValueError(f"{path}: an SVD of arrays U, S, V expected: {error}") from None


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
    import scipy.linalg  # a quarter of a second, which jobs that only load what was made are spared

    rows = unit_rows(embeddings)
    if form == "centred":
        rows -= rows.mean(axis=0)
    U, S, Vt = scipy.linalg.svd(rows, full_matrices=False, check_finite=False, lapack_driver="gesdd")
    tolerance = S[0] * max(rows.shape) * np.finfo(np.float32).eps
    rank = max(1, int((tolerance < S).sum()))
    U, S, V = U[:, :rank], S[:rank], Vt[:rank].T
    signs = np.sign(V[np.abs(V).argmax(axis=0), np.arange(rank)])
    return Decomposition(U=U * signs, S=S, V=V * signs)
