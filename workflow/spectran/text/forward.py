"""Titles through the model, shard by shard: a GPU has the next shard's batches before anyone waits for the last one."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray

from spectran.config.text import Encoder
from spectran.exhaustion import out_of_memory
from spectran.text.batches import cut
from spectran.text.model import LanguageModel

Rows = Sequence[Sequence[int]]


class TooLongError(ValueError):
    """One title alone takes more memory than the device has."""


class Load(NamedTuple):
    """What a device works on at once.

    Attributes:
        budget: tokens in a batch at most, padding included.
        fixed: what a batch costs beside its tokens (reading the weights, starting the kernels), in tokens.
    """

    budget: int
    fixed: int


#: On a CPU the states of 1024 tokens of MiniLM stay in its cache: 400 to 1500 tokens are computed at one rate, 6000 at
#: 15 % less, and a batch costs 6 ms + 0.25 ms a token. A GPU of 650 TFLOP/s and 3 TB/s reads 16 GB of weights in the
#: time of some 200 tokens of LLaMA3-8B; 8192 rows fill it in every product, and their states take about 2 GB.
LOADS = {"cpu": Load(1024, 32), "cuda": Load(8192, 256)}


def load_of(encoder: Encoder, device: torch.device) -> Load:
    """The device's own load, or with the study's own budget."""
    load = LOADS[device.type]
    return load if encoder.batch_tokens == "auto" else load._replace(budget=encoder.batch_tokens)


class Forward:
    """A model that takes whole shards.

    Attributes:
        load: what it works on at once; where memory runs out, its budget becomes half of the batch that did not fit.
    """

    def __init__(self, model: LanguageModel, load: Load, advance: Callable[[int], None]) -> None:
        """`advance` is told the titles of each batch: on a GPU once it is queued, which is a batch or two early."""
        self._model, self.load, self._advance = model, load, advance
        # Only a GPU computes while Python goes on; elsewhere a shard is finished, and can be saved, at once.
        self._ahead = 1 if model.device.type == "cuda" else 0

    def shards(self, shards: Iterable[Rows]) -> Iterator[NDArray[np.float32]]:
        """Vectors (rows, l) of each shard, in order. The rows of a shard come longest first.

        Raises:
            TooLongError: if memory runs out for one title.
        """
        waiting: deque[_Copy] = deque()
        for rows in shards:
            waiting.append(_Copy(self._queue(rows)))
            if len(waiting) > self._ahead:
                yield waiting.popleft().wait()
        while waiting:
            yield waiting.popleft().wait()

    def _queue(self, rows: Rows) -> torch.Tensor:
        """Vectors (rows, l) on the device, on their way."""
        lengths = [len(row) for row in rows]
        parts: list[torch.Tensor] = []
        done = 0
        batches = deque(cut(lengths, *self.load))
        while batches:
            size = batches[0].stop - batches[0].start
            vectors = self._try(rows[done : done + size])
            if vectors is None:
                if size == 1:
                    raise TooLongError(
                        f"encoder.max_length: memory of the device ({self._model.device.type}) for a title of "
                        f"{lengths[done]} tokens expected, found too little even for it alone"
                    )
                self.load = self.load._replace(budget=lengths[done] * size // 2)
                batches = deque(cut(lengths[done:], *self.load))
                continue
            parts.append(vectors)
            done += size
            batches.popleft()
            self._advance(size)
        return torch.cat(parts).float()

    def _try(self, rows: Rows) -> torch.Tensor | None:
        """The vectors of a batch, or None if they do not fit in memory."""
        try:
            return self._model.encode(rows)
        except (RuntimeError, MemoryError) as error:
            if not out_of_memory(error):
                raise
        # The states that the error's traceback held are gone by now.
        if self._model.device.type == "cuda":
            torch.cuda.empty_cache()
        return None


class _Copy:
    """A copy of vectors in main memory that a GPU makes when it comes to it."""

    def __init__(self, vectors: torch.Tensor) -> None:
        self._vectors, self._event = vectors, None
        if vectors.is_cuda:
            self._vectors = torch.empty(vectors.shape, dtype=vectors.dtype, pin_memory=True)
            self._vectors.copy_(vectors, non_blocking=True)
            self._event = torch.cuda.Event()
            self._event.record()

    def wait(self) -> NDArray[np.float32]:
        """The vectors, once they are all there."""
        if self._event is not None:
            self._event.synchronize()
        return self._vectors.numpy()
