"""What a dataset's item graph looks like, and how local its users' sequences are, on disk."""

import logging
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from scipy.sparse.csgraph import connected_components

from spectran.config.graph import ItemGraph
from spectran.data.incidence import Sparse
from spectran.data.sequences import read_train
from spectran.io import write_json, write_parquet
from spectran.spectra.graph_energy import highest, lowest
from spectran.spectra.item_graph import item_graph, normalised
from spectran.spectra.locality import locality

#: How many of the lowest eigenvalues are written.
LOWEST = 10

_log = logging.getLogger(__name__)


def graph_facts(weights: Sparse) -> dict[str, Any]:
    """Size and spectrum of a graph with weights W, shape (N, N).

    Returns:
        items (N); edges between two different items; isolated_items, those without one; components, of the others;
        mean_degree, edges of an item on average; lowest_eigenvalues, the first ten of L without isolated items, and
        largest_eigenvalue, of the whole L = I - S.
    """
    S = normalised(weights)
    own = int(np.count_nonzero(weights.diagonal()))
    edges = (weights.nnz - own) // 2
    count, component = connected_components(weights, directed=False)
    isolated = int((np.bincount(component) == 1).sum())
    return {
        "items": weights.shape[0],
        "edges": edges,
        "isolated_items": isolated,
        "components": int(count) - isolated,
        "mean_degree": 2 * edges / weights.shape[0],
        "lowest_eigenvalues": lowest(S, LOWEST)[0].tolist(),
        "largest_eigenvalue": highest(S),
    }


def write_graph_facts(train: Path, graph: Path, scores: Path) -> None:
    """Describe the co-occurrence graph of a train part, and its users.

    Args:
        train: train.parquet, all that is looked at of what users did.
        graph: where the facts of the graph go.
        scores: where the users' locality goes: a table of user and locality, one row a user of the train part.

    Raises:
        ValueError: if the train part is not as the workflow writes it: see `read_train`.
    """
    sequences = read_train(train)
    facts = graph_facts(item_graph(sequences, ItemGraph()))
    _log.info("%(items)d items, %(edges)d edges, %(isolated_items)d items without one", facts)
    users = pd.read_parquet(train, columns=["user"])["user"].unique()
    write_parquet(scores, pd.DataFrame({"user": users, "locality": locality(sequences)}))
    write_json(graph, facts)
