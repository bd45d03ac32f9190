"""Batches by length: titles of like length together, so that little is padding."""

from collections.abc import Iterator, Sequence
from typing import Literal, NamedTuple

import numpy as np
import torch


class Padded(NamedTuple):
    """Token ids, their mask and positions, each (B, T) int64."""

    ids: torch.Tensor
    mask: torch.Tensor
    positions: torch.Tensor


def longest_first(lengths: Sequence[int]) -> np.ndarray:
    """Order of the items by falling length, ties by index: what does not fit in memory fails at once."""
    return np.argsort(-np.asarray(lengths), kind="stable")


def cut(lengths: Sequence[int], budget: int) -> Iterator[slice]:
    """Cut a falling sequence of lengths into batches of at most `budget` tokens, padding included (or of one title)."""
    start = 0
    while start < len(lengths):
        stop = min(len(lengths), start + max(1, budget // lengths[start]))
        yield slice(start, stop)
        start = stop


def pad(rows: Sequence[Sequence[int]], filler: int, side: Literal["left", "right"]) -> Padded:
    """Pad token ids to the longest row. Positions count real tokens from 0 on either side."""
    width = max(map(len, rows))
    ids = torch.full((len(rows), width), filler, dtype=torch.long)
    mask = torch.zeros_like(ids)
    for row, tokens in enumerate(rows):
        place = slice(width - len(tokens), width) if side == "left" else slice(len(tokens))
        ids[row, place] = torch.tensor(tokens)
        mask[row, place] = 1
    return Padded(ids, mask, (mask.cumsum(dim=1) - 1).clamp(min=0))
