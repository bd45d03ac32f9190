"""The item graph of FreLLM4Rec (arXiv 2508.10312) and its relatives, made of the train part alone.

Different from the authors' code: R is the train part's, not the test users' histories, which hold the validation
items; the matrices are sparse; and an item without weight keeps its vector (its row of S is the identity's).
"""

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from spectran.config.graph import ItemGraph
from spectran.data.incidence import Sparse, users_in_common
from spectran.data.sequences import Ids, Sequences
from spectran.spectra.matrix import Matrix, unit_rows

#: Rows of titles compared with all others at once.
BLOCK = 256
#: Cosines that agree to so many places are ties: a matrix product may round equal rows differently.
DECIMALS = 12


def item_graph(train: Sequences, options: ItemGraph, text: NDArray[np.floating] | None = None) -> Sparse:
    """The symmetric matrix of weights W between items.

    Off the diagonal, by `options.graph`:

    - cooccurrence: R'R, users who have both items; R in {0, 1}, shape (U, N), of users' different items.
    - binary: 1 where that is not zero.
    - windowed: times that one item stands at most `window` places after the other; an item is no pair with itself.
    - text-knn: 1 where one is among the other's `neighbours` nearest titles by cosine. All titles as near as the last
      of these count, so that the numbering of items decides nothing.

    On the diagonal, with `self_loops`, what R'R, or that with ones, has there: users who have the item, or 1; and 1 in
    the other graphs and for items that no user has. Without them, zero.

    Args:
        train: the train part; nothing else of what users did is looked at.
        options: which graph.
        text: text embeddings, shape (N, l), for the graph text-knn.

    Returns:
        float64 CSR array of shape (N, N) with sorted indices and no stored zero.

    Raises:
        ValueError: if the graph text-knn has no text or not one row an item.
    """
    if options.graph == "text-knn":
        weights = _nearest_titles(_rows(text, train.n_items), options.neighbours)
    elif options.graph == "windowed":
        weights = _followers(train, options.window)
    else:
        weights = users_in_common(train)
        if options.graph == "binary":
            weights.data[:] = 1.0
    own = weights.diagonal()
    kept = np.where(own > 0, own, 1.0) if options.self_loops else np.zeros_like(own)
    return _canonical(weights + sparse.diags_array(kept - own))


def normalised(weights: Sparse) -> Sparse:
    """S = D^-1/2 W D^-1/2, D the row sums of W; the row and column of an item without weight are the identity's.

    Args:
        weights: W, symmetric and not negative, shape (N, N).

    Returns:
        float64 CSR array of shape (N, N), exactly symmetric, with sorted indices. L = I - S.
    """
    degrees = weights.sum(axis=1)
    alone = degrees == 0
    coordinates = weights.tocoo()
    rows, columns = coordinates.row, coordinates.col
    # One root of the product, not a product of two roots: the entries (i, j) and (j, i) are the same number.
    values = coordinates.data / np.sqrt(degrees[rows] * degrees[columns])
    scaled = sparse.coo_array((values, (rows, columns)), shape=weights.shape)
    return _canonical(scaled + sparse.diags_array(alone.astype(np.float64)))


def neighbouring(train: Sequences, window: int) -> tuple[Ids, Ids, Ids]:
    """The pairs of different items at most `window` places apart in a user's sequence, as often as they occur.

    Returns:
        The user's place in `train`, the earlier and the later item of every pair; three arrays of one length.
    """
    users = np.repeat(np.arange(len(train.sequences)), [len(sequence) for sequence in train.sequences])
    items = np.concatenate(train.sequences)
    found = []
    for gap in range(1, window + 1):
        pair = (users[:-gap] == users[gap:]) & (items[:-gap] != items[gap:])
        found.append(np.stack([users[:-gap][pair], items[:-gap][pair], items[gap:][pair]]))
    whose, before, after = np.concatenate(found, axis=1)
    return whose, before, after


def _canonical(matrix: Sparse) -> Sparse:
    found = matrix.tocsr()
    found.sum_duplicates()
    found.eliminate_zeros()
    return found


def _followers(train: Sequences, window: int) -> Sparse:
    """How often two different items stand at most `window` places apart, both ways."""
    _, one, other = neighbouring(train, window)
    shape = (train.n_items, train.n_items)
    once = sparse.coo_array((np.ones(len(one)), (one, other)), shape=shape).tocsr()
    return once + once.T


def _nearest_titles(rows: Matrix, neighbours: int) -> Sparse:
    """1 where a unit row is among the `neighbours` nearest others of another, or the other way round."""
    n = len(rows)
    count = min(neighbours, n - 1)
    found = [np.zeros((2, 0), dtype=np.int64)]
    for start in range(0, n if count else 0, BLOCK):
        cosines = (rows[start : start + BLOCK] @ rows.T).round(DECIMALS)
        here = np.arange(len(cosines))
        cosines[here, start + here] = -np.inf
        last = np.partition(cosines, n - count, axis=1)[:, n - count]
        near, other = np.nonzero(cosines >= last[:, None])
        found.append(np.stack([start + near, other]))
    near, other = np.concatenate(found, axis=1)
    edges = sparse.coo_array((np.ones(len(near)), (near, other)), shape=(n, n)).tocsr()
    return edges.maximum(edges.T)


def _rows(text: NDArray[np.floating] | None, n_items: int) -> Matrix:
    if text is None:
        raise ValueError("the graph text-knn is made of text embeddings, and none were given")
    if len(text) != n_items:
        raise ValueError(f"text embeddings with one row for each of {n_items} items expected, found {len(text)}")
    return unit_rows(text)
