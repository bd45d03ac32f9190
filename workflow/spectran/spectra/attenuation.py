"""What becomes of graph frequencies from layer to layer: the diagnostic of FreLLM4Rec (arXiv 2508.10312).

The hidden states of a user's items are a signal on the graph of these items; its energy by bands of graph frequency is
looked at before the first block and behind each, behind its temporal filter where it has one. In the authors' code
(Pre_Train_Rec_Model/sasrec/main.py) the graph counts the test items too, a state stands for the item that comes next
(`node: next`), and the test item is the last of them. Here nothing but the train part is read: the graph is its, and
with `node: next` the last state has no item and is left out. Beside the users' own graphs there is the whole one, where
the signal is the mean of each item's states.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
import pandas as pd
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from spectran.config.graph import ItemGraph
from spectran.data.sequences import Ids, Sequences
from spectran.io import write_parquet
from spectran.models.members import Member
from spectran.models.recommender import Recommender
from spectran.spectra.graph_energy import global_share, local_energy, lowest
from spectran.spectra.item_graph import item_graph, normalised
from spectran.spectra.matrix import Matrix

#: Users whose states are held at a time: 350 MB for each member of a model with 33 states of width 4096, T 10.
USERS = 64
BANDS = 10
EPS = 1e-12


@dataclass(frozen=True)
class Look:
    """How to look; see the keys of these names in `config.parts.FrequencyStudy`."""

    history: int
    """Longest input T."""
    users: int = 1000
    node: Literal["input", "next"] = "input"
    standardise: bool = True
    lowest: int = 100


def write_attenuation(
    path: Path, model: Recommender, members: tuple[Member, ...], train: Sequences, look: Look, device: torch.device
) -> None:
    """Write attenuation.parquet: what `attenuation` gives, the seeds of these members for their places in the pack."""
    table = attenuation(model, train, look, device)
    write_parquet(path, table.assign(seed=[members[k].seed for k in table["seed"]]))


def attenuation(model: Recommender, train: Sequences, look: Look, device: torch.device) -> pd.DataFrame:
    """Energy by layer and band of graph frequency.

    Args:
        model: K members, in evaluation mode.
        train: the train part, which the item graph (co-occurrence) is made of, and whose users' last items are read.
        look: how.
        device: where the model lives.

    Returns:
        Columns seed (0 .. K - 1, the place in the pack), layer (0 is the input of the first block), scope, band, energy
        and users. Scope `user` has bands 0 .. 9, which sum to 1, each the mean over users; `global` has band 0 alone,
        the share in the whole graph's `look.lowest` eigenvectors of lowest frequency, of the matrix of the items' mean
        states, which is zero for items that no one had.

    Raises:
        ValueError: if no user has three different items, of which frequencies could be told.
    """
    inputs, nodes = nodes_of(train, look)
    real = nodes < train.n_items
    weights = item_graph(train, ItemGraph())
    seen = np.unique(nodes[real])
    with torch.no_grad():
        table = model.method.item_table()
    energies, means = [], np.zeros(0)
    for start in range(0, len(inputs), USERS):
        part = slice(start, start + USERS)
        states = _states(model, table, inputs[part], standardise=look.standardise, device=device)
        for user, here, items in zip(states, real[part], nodes[part], strict=True):
            energies.append(local_energy(weights, items[here], np.moveaxis(user[here], 0, -2), BANDS))
        if not start:
            means = np.zeros((len(seen), *states.shape[2:]), states.dtype)
        np.add.at(means, np.searchsorted(seen, nodes[part][real[part]]), states[real[part]])
    means /= np.bincount(nodes[real])[seen][:, None, None, None]
    vectors = lowest(normalised(weights), look.lowest)[1][seen]
    return _rows(np.array(energies, dtype=np.float64), means, vectors)


def nodes_of(train: Sequences, look: Look) -> tuple[Ids, Ids]:
    """The histories that are read, and the item that each of their states stands for, N where there is none.

    Returns:
        Two arrays of shape (V, T), of the first users who have three different such items.
    """
    n_items = train.n_items
    if look.node == "input":
        inputs = nodes = train.histories(look.history)
    else:
        whole = train.histories(look.history + 1)
        inputs, nodes = whole[:, :-1], whole[:, 1:]
        nodes = np.where(inputs < n_items, nodes, n_items)
    different = np.array([len(np.unique(row[row < n_items])) for row in nodes])
    chosen = np.flatnonzero(different >= 3)[: look.users]
    if not len(chosen):
        raise ValueError(
            f"a user with 3 different items among the last {look.history} of the train part expected, found none"
        )
    return inputs[chosen], nodes[chosen]


def _states(
    model: Recommender, table: Tensor, histories: Ids, *, standardise: bool, device: torch.device
) -> NDArray[np.floating]:
    """Hidden states of histories (B, T), which are read as they are: (B, T, K, layers, d), zeros at padding."""
    ids = torch.as_tensor(histories, device=device).expand(len(table), -1, -1)
    real = ids < table.shape[1] - 1
    with torch.no_grad():
        layout = model.layout(real, real)
        x = model.backbone.embed(layout.rows.values(ids.flatten(1)), table)
        states = model.backbone.states(model.method.in_context(x, layout), layout)
        rows = torch.stack([state.to(table.dtype) for state in states])
        if standardise:
            rows = nn.functional.layer_norm(rows, rows.shape[-1:], eps=EPS)
        grid = torch.stack([layout.grid(layer, layout.rows) for layer in rows])
    found: NDArray[np.floating] = grid.permute(2, 3, 1, 0, 4).numpy(force=True)
    return found


def _rows(energies: Matrix, means: NDArray[np.floating], vectors: Matrix) -> pd.DataFrame:
    """The table of `attenuation`.

    Args:
        energies: by user, member, layer and band, NaN for a user whose states are all zero.
        means: mean states by item, member and layer; of M items that were seen.
        vectors: the rows of these items of the lowest eigenvectors, shape (M, count).
    """
    rows: list[dict[str, object]] = []
    for k, layer in np.ndindex(energies.shape[1:3]):
        key = {"seed": k, "layer": layer}
        seen = energies[:, k, layer][np.isfinite(energies[:, k, layer, 0])]
        mean = seen.mean(axis=0) if len(seen) else np.full(BANDS, np.nan)
        rows += [key | {"scope": "user", "band": q, "energy": mean[q], "users": len(seen)} for q in range(BANDS)]
        share = global_share(vectors, means[:, k, layer].astype(np.float64))
        rows.append(key | {"scope": "global", "band": 0, "energy": share, "users": len(energies)})
    return pd.DataFrame(rows)
