"""Collapse diagnostics: one fixed definition each. Symbols: s singular values of a table, p = s / sum(s)."""

from dataclasses import asdict, dataclass

import numpy as np
from numpy.typing import NDArray

Vector = NDArray[np.float64]
Table = NDArray[np.float64]


def singular_values(table: Table, *, centred: bool) -> Vector:
    """Singular values of a table of shape (N, d), optionally after removing its mean row; shape (min(N, d),)."""
    rows = table - table.mean(axis=0) if centred else table
    return np.asarray(np.linalg.svd(rows, compute_uv=False), dtype=np.float64)


def covariance_spectrum(table: Table) -> Vector:
    """Singular values of the covariance E_c^T E_c / (N - 1): what Figure 1 accumulates; shape (min(N, d),)."""
    return singular_values(table, centred=True) ** 2 / (len(table) - 1)


def cumulative_share(values: Vector) -> Vector:
    """Running sum of descending values over their total; all ones where the total is zero."""
    total = values.sum()
    return np.cumsum(values) / total if total > 0 else np.ones_like(values)


def effective_rank(values: Vector) -> float:
    """Exp of the Shannon entropy of p (Roy and Vetterli 2007); 0 for a zero spectrum."""
    total = values.sum()
    if total == 0:
        return 0.0
    p = values / total
    p = p[p > 0]
    return float(np.exp(-(p * np.log(p)).sum()))


def rankme(values: Vector, epsilon: float = 1e-7) -> float:
    """Exp of the entropy of p + epsilon (Garrido et al. 2023, eq. 1), not rescaled to [0, 1] as some packages do."""
    p = values / max(values.sum(), np.finfo(np.float64).tiny) + epsilon
    return float(np.exp(-(p * np.log(p)).sum()))


def stable_rank(values: Vector) -> float:
    """Sum of squares over the largest square (Rudelson and Vershynin 2007); 0 for a zero spectrum."""
    return float((values**2).sum() / values[0] ** 2) if values[0] > 0 else 0.0


def participation_ratio(values: Vector) -> float:
    """(sum of eigenvalues)^2 / sum of their squares, eigenvalues = s^2; 0 for a zero spectrum."""
    eigenvalues = values**2
    total = (eigenvalues**2).sum()
    return float(eigenvalues.sum() ** 2 / total) if total > 0 else 0.0


def mean_cosine(table: Table) -> float:
    """Mean cosine over distinct pairs of rows; it measures the mean vector, not isotropy. Zero rows count as 0."""
    directions = _directions(table)
    n = len(directions)
    total = directions.sum(axis=0)
    return float((total @ total - (directions**2).sum()) / (n * (n - 1)))


def uniformity(table: Table, chunk: int = 1024) -> float:
    """Log of the mean of exp(-2 |x - y|^2) over distinct pairs of unit rows (Wang and Isola 2020).

    Lower is more uniform.
    """
    directions = _directions(table)
    n = len(directions)
    squares = (directions**2).sum(axis=1)
    total = 0.0
    for start in range(0, n, chunk):
        part = directions[start : start + chunk]
        distances = squares[start : start + chunk, None] + squares[None, :] - 2 * part @ directions.T
        total += float(np.exp(-2 * np.maximum(distances, 0)).sum())
    return float(np.log(max(total - n, np.finfo(np.float64).tiny) / (n * (n - 1))))


@dataclass(frozen=True)
class Collapse:
    """All diagnostics of one table of shape (N, d).

    Spectra are of the centred table, but for RankMe, which its authors define on the table as it is.
    """

    effective_rank: float
    rankme: float
    stable_rank: float
    participation_ratio: float
    top10_share: float
    mean_cosine: float
    uniformity: float
    dim: int

    def as_dict(self) -> dict[str, float]:
        """Plain values by name."""
        return asdict(self)


def diagnose(table: Table) -> Collapse:
    """Diagnose a table of shape (N, d), N >= 2.

    Raises:
        ValueError: if the table holds NaN or infinity.
    """
    if not np.isfinite(table).all():
        raise ValueError(f"a finite table expected, found {int((~np.isfinite(table)).sum())} values that are not")
    centred = singular_values(table, centred=True)
    share = cumulative_share(centred**2)
    return Collapse(
        effective_rank=effective_rank(centred),
        rankme=rankme(singular_values(table, centred=False)),
        stable_rank=stable_rank(centred),
        participation_ratio=participation_ratio(centred),
        top10_share=float(share[min(10, len(share)) - 1]),
        mean_cosine=mean_cosine(table),
        uniformity=uniformity(table),
        dim=table.shape[1],
    )


def _directions(table: Table) -> Table:
    norms = np.linalg.norm(table, axis=1, keepdims=True)
    return table / np.where(norms > 0, norms, 1.0)
