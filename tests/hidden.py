"""Hidden states at every place of a batch, as the oracles of backbones want them."""

import torch
from torch import Tensor

from spectran.models.recommender import Recommender


def hidden_states(model: Recommender, ids: Tensor, table: Tensor) -> Tensor:
    """Inputs (K, B, T) and the item table (K, N + 1, d) -> (K, B, T, d), zeros at padding; rows are real places."""
    real = ids != table.shape[1] - 1
    layout = model.layout(real, real)
    grid = layout.grid(model(ids, table, layout, layout.rows), layout.rows)
    return torch.where(real[..., None], grid, 0.0)


def hidden_states_of_everything(model: Recommender, ids: Tensor, table: Tensor) -> Tensor:
    """The same with padding computed like any other place, and kept: every place is a row, in order."""
    real = ids != table.shape[1] - 1
    layout = model.layout(real, torch.ones_like(real))
    return model(ids, table, layout, layout.rows).unflatten(1, real.shape[1:])
