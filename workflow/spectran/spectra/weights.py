"""The case study (SpecTran's Table 6): what the learned weights give to principal and to subordinate components.

With S = phi(QK^T) of shape d x r and A the diagonal of the positional encoding, dimension i has the principal weight
|S_ii + A_ii| and the subordinate weight sum over j > d of |S_ij|. The paper prints one number each and no definition;
the mean over the d dimensions of these two is what has the printed sizes (358.8 subordinate at the start with r 4096).
One principal weight stands against r - d subordinate ones, so their mean per component is kept too.
"""

from pathlib import Path

import numpy as np
import pandas as pd
import torch
from numpy.typing import NDArray

from spectran.io import write_parquet
from spectran.models.members import Member
from spectran.models.methods.spectran import SpecTranMethod
from spectran.models.recommender import Recommender

#: At most this many rows and columns in the map of |phi(QK^T)|; neighbours are averaged.
BINS = 128


def component_weights(mixing: NDArray[np.float64], diagonal: NDArray[np.float64]) -> pd.DataFrame:
    """Principal and subordinate weights of every dimension.

    Args:
        mixing: S, shape (d, r).
        diagonal: of A, shape (d,).

    Returns:
        Columns dimension (from 1), positional (A_ii), mixing (S_ii), principal, subordinate, components (r - d).
    """
    width, rank = mixing.shape
    own = mixing[np.arange(width), np.arange(width)]
    return pd.DataFrame(
        {
            "dimension": np.arange(1, width + 1),
            "positional": diagonal,
            "mixing": own,
            "principal": np.abs(own + diagonal),
            "subordinate": np.abs(mixing[:, width:]).sum(axis=1),
            "components": rank - width,
        }
    )


def binned(mixing: NDArray[np.float64], bins: int = BINS) -> pd.DataFrame:
    """Mean |S| of blocks of neighbouring dimensions and components.

    Returns:
        Columns dimension and component (the first of each block, from 1), and weight.
    """
    starts = [np.unique(np.linspace(0, size, min(size, bins), endpoint=False).astype(int)) for size in mixing.shape]
    sums, counts = np.abs(mixing), np.ones(1)
    for axis, edges in enumerate(starts):
        sums = np.add.reduceat(sums, edges, axis=axis)
        widths = np.diff(np.append(edges, mixing.shape[axis]))
        counts = counts * (widths[:, None] if axis == 0 else widths)
    rows, columns = np.meshgrid(starts[0] + 1, starts[1] + 1, indexing="ij")
    return pd.DataFrame({"dimension": rows.ravel(), "component": columns.ravel(), "weight": (sums / counts).ravel()})


@torch.no_grad()
def write_weights(weights: Path, mixing: Path, members: tuple[Member, ...], moments: dict[str, Recommender]) -> None:
    """Write weights.parquet (every dimension) and mixing.parquet (the map), both with columns seed and moment.

    Args:
        weights: where the weights go.
        mixing: where the map goes.
        members: the members, for their seeds.
        moments: the model `init` and `trained`, of a SpecTran with attention.
    """
    tables, maps = [], []
    for moment, model in moments.items():
        method = model.method.unfiltered()
        assert isinstance(method, SpecTranMethod)
        mixed, diagonal = method.mixing(), method.positional()
        for k, member in enumerate(members):
            S = mixed[k].double().cpu().numpy()
            A = np.zeros(len(S)) if diagonal is None else diagonal[k].double().cpu().numpy()
            tables.append(component_weights(S, A).assign(seed=member.seed, moment=moment))
            maps.append(binned(S).assign(seed=member.seed, moment=moment))
    write_parquet(weights, pd.concat(tables, ignore_index=True))
    write_parquet(mixing, pd.concat(maps, ignore_index=True))
