"""Batches by length: titles of one length, or of like lengths, together, so that next to nothing is padding."""

from collections.abc import Sequence
from typing import Literal, NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray


class Batch(NamedTuple):
    """Token ids, their mask and positions, each (B, T) int64; no mask and no positions where nothing is padded."""

    ids: torch.Tensor
    mask: torch.Tensor | None
    positions: torch.Tensor | None

    def to(self, device: torch.device) -> "Batch":
        """The batch on a device. A GPU copies from pinned memory while it computes: nobody waits for it."""
        if device.type != "cuda":
            return self
        parts = [part if part is None else part.pin_memory().to(device, non_blocking=True) for part in self[1:]]
        return Batch(self.ids.pin_memory().to(device, non_blocking=True), *parts)


def longest_first(lengths: Sequence[int]) -> NDArray[np.intp]:
    """Order of the items by falling length, ties by index: what does not fit in memory fails at once."""
    return np.argsort(-np.asarray(lengths), kind="stable")


def cut(lengths: Sequence[int], budget: int, fixed: int) -> list[slice]:
    """Cut a falling sequence of lengths into batches, for the least work in all.

    The work of a batch is its tokens, padding included, and `fixed` tokens more. So titles of a common length come in
    batches of their own, without padding, and the few of a rare length go with their neighbours. The best cut of the
    first n titles extends the best one of fewer (dynamic programming), so it is exact.

    Args:
        lengths: tokens of each title, never rising.
        budget: tokens in a batch at most, padding included; one title alone may have more.
        fixed: what a batch costs beside its tokens, in tokens.
    """
    tokens = np.asarray(lengths, dtype=np.int64)
    work = np.zeros(len(tokens) + 1, dtype=np.int64)
    starts = np.zeros(len(tokens) + 1, dtype=np.int64)
    for stop in range(1, len(tokens) + 1):
        least = max(0, stop - max(1, budget // int(tokens[stop - 1])))
        sizes = np.arange(stop - least, 0, -1)
        padded = tokens[least:stop] * sizes
        fits = (padded <= budget) | (sizes == 1)
        total = np.where(fits, work[least:stop] + padded + fixed, np.iinfo(np.int64).max)
        choice = int(total.argmin())
        starts[stop], work[stop] = least + choice, total[choice]
    batches, stop = [], len(tokens)
    while stop:
        batches.append(slice(int(starts[stop]), stop))
        stop = int(starts[stop])
    return batches[::-1]


def pad(rows: Sequence[Sequence[int]], filler: int, side: Literal["left", "right"]) -> Batch:
    """A batch of token ids, padded to the longest row. Positions count real tokens from 0 on either side."""
    lengths = np.fromiter(map(len, rows), dtype=np.int64, count=len(rows))
    width = int(lengths.max())
    if (lengths == width).all():
        # Without a mask, attention takes the kernels that know none.
        return Batch(torch.from_numpy(np.array(rows, dtype=np.int64)), None, None)
    places = np.arange(width)
    mask = places >= width - lengths[:, None] if side == "left" else places < lengths[:, None]
    ids = np.full(mask.shape, filler, dtype=np.int64)
    ids[mask] = np.concatenate(rows)
    positions = (mask.cumsum(axis=1) - 1).clip(min=0)
    return Batch(torch.from_numpy(ids), torch.from_numpy(mask.astype(np.int64)), torch.from_numpy(positions))
