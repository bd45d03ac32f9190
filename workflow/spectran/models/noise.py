"""The randomness of a training step: dropout, noise of gates, masked positions, negatives."""

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from spectran.models.members import Member, Pack
from spectran.models.randomness import draw, keys_of, standard_normal, uniform

#: Keys are made for so many draws of a step at a time.
BLOCK = 64
#: Dropout compares 16 bits, half of a word, with its rate.
FINE = 2**16


class PackedNoise(nn.Module):
    """Random numbers of its own for every member; one object serves a whole model.

    A number is a function of seed, epoch, step, number of the draw in the step, and place: it depends neither on what
    else is in the pack nor on what is left out because it is padding. All of a step is arithmetic on the device.
    """

    step_keys: Tensor
    threshold: Tensor
    scale: Tensor

    def __init__(self, pack: Pack) -> None:
        super().__init__()
        self.members: list[Member] = list(pack.members)
        self.register_buffer("step_keys", torch.zeros(len(pack), 2, dtype=torch.int32), persistent=False)
        rates = pack.column("dropout").double()
        threshold, scale = dropout_constants(rates)
        self.register_buffer("threshold", threshold, persistent=False)
        self.register_buffer("scale", scale, persistent=False)
        self.drops = any(member.dropout for member in pack.members)
        self._epoch_keys: Tensor | None = None
        self._draws = 0
        self._keys: Tensor | None = None

    def begin_epoch(self, epoch: int, steps: int) -> None:
        """Make the keys of an epoch's steps; nothing of earlier epochs is needed."""
        seeds = [member.seed for member in self.members]
        keys = torch.stack([keys_of(seeds, "step", epoch, step) for step in range(steps)])
        self._epoch_keys = keys.to(self.step_keys.device)

    def set_step(self, step: int) -> None:
        """Choose the step that `begin_step` begins; always in the same memory, which a CUDA graph reads."""
        assert self._epoch_keys is not None
        self.step_keys.copy_(self._epoch_keys[step])

    def begin_step(self) -> None:
        """Count draws from the start of this step."""
        self._draws, self._keys = 0, None

    def keep(self, indices: list[int]) -> None:
        """Keep the members at these places of the pack."""
        self.members = [self.members[k] for k in indices]
        self.step_keys, self.threshold, self.scale = (
            buffer[indices].clone() for buffer in (self.step_keys, self.threshold, self.scale)
        )
        self.drops = any(member.dropout for member in self.members)

    def dropout(self, x: Tensor, places: Tensor | None = None, rate: float | None = None) -> Tensor:
        """Zero entries of x[k] and scale up the rest; nothing in evaluation.

        Rates are rounded to 16 bits.

        Args:
            x: shape (K, ..., width).
            places: numbers of x's rows, shape (K, rows); 0, 1, ... when left out.
            rate: the same for all members; each member's own dropout rate when left out.
        """
        if not self.training:
            return x
        if not (self.drops if rate is None else rate):
            self._next_keys()  # a later draw has its number whatever the rates of the others in the pack
            return x
        width = x.shape[-1]
        words = self._words(places, x[0].numel() // width, -(-width // 2), x.device)
        threshold, scale = (
            (self.threshold, self.scale) if rate is None else dropout_constants(torch.full((1,), rate, device=x.device))
        )
        # Compared in place: 0 and 1 in 16 bits become floats several times faster than truth values do.
        kept = words.view(torch.int16).ge_(threshold.view(-1, 1, 1))[..., :width]
        return x * torch.mul(kept, scale.to(x.dtype).view(-1, 1, 1)).view(x.shape)

    def normal(self, shape: Sequence[int], like: Tensor) -> Tensor:
        """Standard normal numbers of shape (K, *shape), of the type and on the device of `like`."""
        return standard_normal(self.integers(shape, like.device)).to(like.dtype)

    def integers(self, shape: Sequence[int], device: torch.device, places: Tensor | None = None) -> Tensor:
        """Uniform integers in 0 .. 2^31 - 1, other ones at every call.

        Args:
            shape: of a member's numbers; at least two axes if there are places.
            device: where to draw.
            places: numbers of the rows, shape (K, shape[0]); 0, 1, ... when left out.

        Returns:
            Shape (K, *shape).
        """
        rows, width = (shape[0], shape[1:].numel()) if len(shape := torch.Size(shape)) > 1 else (shape[0], 1)
        return uniform(self._words(places, rows, width, device)).view(-1, *shape)

    def _words(self, places: Tensor | None, rows: int, width: int, device: torch.device) -> Tensor:
        if places is None:
            places = torch.arange(rows, dtype=torch.int32, device=device)[None]
        return draw(self._next_keys(), places, width)

    def _next_keys(self) -> Tensor:
        """Keys of the step's next draw, shape (K, 2)."""
        block, place = divmod(self._draws, BLOCK)
        if place == 0:
            numbers = torch.arange(BLOCK * block, BLOCK * (block + 1), device=self.step_keys.device)
            self._keys = draw(self.step_keys, numbers[None], 2)
        assert self._keys is not None
        self._draws += 1
        return self._keys[:, place]


def dropout_constants(rates: Tensor) -> tuple[Tensor, Tensor]:
    """The signed 16-bit number from which on an entry is kept, and what it is multiplied by; both of rates' shape."""
    zeroed = (rates.double() * FINE).round().clamp(max=FINE - 1)
    return (zeroed - FINE // 2).to(torch.int16), FINE / (FINE - zeroed)
