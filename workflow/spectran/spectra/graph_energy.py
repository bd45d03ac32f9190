"""Graph Fourier energies: how much of a signal on items lies in low and in high frequencies of the item graph.

FreLLM4Rec (arXiv 2508.10312) looks at each user's own sub-graph. Different from the authors' code: weights are those of
the train part; an item that a user has twice is one node; and what a formula leaves open is settled so that neither the
numbering of items nor the linear algebra's version decides: equal eigenvalues share their energy equally, and an
eigenvalue that straddles two bands gives each its part.
"""

import numpy as np
from scipy import sparse
from scipy.sparse.csgraph import connected_components
from scipy.sparse.linalg import eigsh

from spectran.data.incidence import Sparse
from spectran.data.sequences import Ids
from spectran.spectra.matrix import Matrix

#: Eigenvalues of a sub-graph that differ by less are one eigenvalue.
SAME = 1e-9
#: Components of the graph up to this size are decomposed whole: faster, and sure to find equal eigenvalues.
WHOLE = 256


def local_energy(W: Sparse, items: Ids, states: Matrix, bands: int = 10) -> Matrix | None:
    """Energy of a user's hidden states by bands of graph frequency, on the sub-graph of his items.

    A is W of these items without its diagonal, D its row sums, L = D^-1/2 (D - A) D^-1/2, with a zero row for an item
    that is alone. With eigenvectors u_i in ascending order of eigenvalues, i = 0 .. k - 1, the energy of i is
    |u_i' X|^2 / |X|_F^2. The INDEX is cut into bands: i covers i/k .. (i + 1)/k of the whole, band q covers q/bands ..
    (q + 1)/bands, and each band gets of i's energy the share of i that it covers.

    Args:
        W: weights between items, shape (N, N).
        items: the item that each state stands for, shape (T,).
        states: X, or many of them, shape (..., T, d); the mean of an item's states where it occurs more than once.
        bands: number of bands.

    Returns:
        Energies that sum to 1, shape (..., bands), NaN for states that are all zero; None for fewer than 3 items.
    """
    nodes, node_of, times = np.unique(items, return_inverse=True, return_counts=True)
    k = len(nodes)
    if k < 3:
        return None
    merge = (node_of == np.arange(k)[:, None]) / times[:, None]
    values, vectors = np.linalg.eigh(_laplacian(W[nodes][:, nodes].toarray()))
    energies = ((vectors.T @ (merge @ states)) ** 2).sum(axis=-1)
    total = energies.sum(axis=-1, keepdims=True)
    shares = np.divide(energies, total, out=np.full_like(energies, np.nan), where=total > 0)
    found: Matrix = shares @ _evened(values) @ _overlaps(k, bands)
    return found


def lowest(S: Sparse, count: int, seed: int = 0) -> tuple[Matrix, Matrix]:
    """The lowest frequencies of the whole graph: eigenvalues and eigenvectors of L = I - S.

    Items without a neighbour are left out: each would be an eigenvector of eigenvalue 0, and many of them would be all
    that is found. Every other component is decomposed by itself, since a Lanczos method can miss equal eigenvalues,
    and each has a 0.

    Args:
        S: the normalised item graph, shape (N, N).
        count: how many; cut to N - 1 of the items that have a neighbour.
        seed: of the start of the search.

    Returns:
        Eigenvalues, ascending, shape (count,), and orthonormal columns, shape (N, count), zero for items left out.
    """
    component = connected_components(S, directed=False)[1]
    places = [nodes for nodes in _groups(component) if len(nodes) > 1]
    count = min(count, sum(map(len, places)) - 1)
    if count < 1:
        return np.zeros(0), np.zeros((S.shape[0], 0))
    parts = [_lowest_of(S[nodes][:, nodes], count, seed) for nodes in places]
    values = np.concatenate([part[0] for part in parts])
    vectors = np.zeros((S.shape[0], len(values)))
    start = 0
    for nodes, (_, found) in zip(places, parts, strict=True):
        vectors[nodes, start : start + found.shape[1]] = found
        start += found.shape[1]
    first = values.argsort(kind="stable")[:count]
    return values[first], vectors[:, first]


def highest(S: Sparse, seed: int = 0) -> float:
    """The largest eigenvalue of L = I - S, to nine places; at most 1 where W is positive semi-definite, else 2."""
    n = S.shape[0]
    L = sparse.eye_array(n, format="csr") - S
    if n <= WHOLE:
        return float(np.linalg.eigvalsh(L.toarray())[-1])
    # Of L, not the smallest of S: that is often 0, to which no relative tolerance is reached.
    start = np.random.default_rng(seed).normal(size=n)
    return float(eigsh(L, 1, which="LA", v0=start, tol=SAME, return_eigenvectors=False)[0])


def global_share(vectors: Matrix, X: Matrix) -> float:
    """Share of the energy |X|_F^2 of signals X, shape (N, d), in the span of orthonormal columns (N, count).

    NaN for signals that are all zero.
    """
    total = (X**2).sum()
    return float(((vectors.T @ X) ** 2).sum() / total) if total > 0 else float("nan")


def _laplacian(A: Matrix) -> Matrix:
    """L_sym of weights A, shape (k, k), whose diagonal is left out."""
    np.fill_diagonal(A, 0.0)
    degrees = A.sum(axis=1)
    joined = degrees > 0
    scale = np.divide(1.0, np.sqrt(degrees), out=np.zeros_like(degrees), where=joined)
    laplacian: Matrix = np.diag(joined.astype(np.float64)) - scale[:, None] * A * scale
    return laplacian


def _evened(values: Matrix) -> Matrix:
    """The matrix that gives each of some ascending eigenvalues the mean of those equal to it; (k, k)."""
    group = np.cumsum(np.diff(values, prepend=values[0]) > SAME)
    same = group[:, None] == group
    evened: Matrix = same / same.sum(axis=1)
    return evened


def _overlaps(k: int, bands: int) -> Matrix:
    """Share of each of k indices that each band covers; rows sum to 1, shape (k, bands)."""
    # In units of 1 / (k bands), so that edges are whole numbers.
    indices, edges = np.arange(k)[:, None] * bands, np.arange(bands) * k
    covered = np.minimum(indices + bands, edges + k) - np.maximum(indices, edges)
    shares: Matrix = np.maximum(covered, 0) / bands
    return shares


def _groups(labels: Ids) -> list[Ids]:
    """The places of each label, ascending."""
    order = labels.argsort(kind="stable")
    return np.split(order, np.flatnonzero(np.diff(labels[order])) + 1)


def _lowest_of(S: Sparse, count: int, seed: int) -> tuple[Matrix, Matrix]:
    """The same of one component, all of its eigenvalues where it has no more than `count`."""
    n = S.shape[0]
    if n <= max(WHOLE, count + 1):
        values, vectors = np.linalg.eigh(S.toarray())
    else:
        values, vectors = eigsh(S, count, which="LA", v0=np.random.default_rng(seed).normal(size=n))
    order = (-values).argsort(kind="stable")[:count]
    # L has no eigenvalue below 0 but by rounding.
    return np.maximum(1.0 - values[order], 0.0), vectors[:, order]
