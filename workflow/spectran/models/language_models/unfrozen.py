"""What of a language model is trained after all: packed copies of some tensors, which its blocks run with.

Of the last blocks all tensors, from the model's values; or LoRA's factors A and B in every block, B from zero and A
from each member's own draw, so that training starts from the model as it is. Such blocks run member by member.
"""

import math
from dataclasses import replace
from typing import Any

import torch
from torch import Tensor, nn
from torch.func import functional_call

from spectran.config.language_models import Unfrozen
from spectran.models.language_models.frozen import Call, Frozen, plainly
from spectran.models.language_models.lora import FACTORS
from spectran.models.layout import Layout, Places
from spectran.models.members import Init, Pack
from spectran.text.pretrained import ModelError


class PackedBlocks(nn.Module):
    """K copies of what is trained in each block.

    Attributes:
        trained: by number of the block, then by tensor.
        whole: whether all tensors of a block are trained, which then runs in their type.

    Raises:
        ModelError: if the model has fewer blocks than are to be trained.
    """

    def __init__(self, pack: Pack, frozen: Frozen, options: Unfrozen) -> None:
        super().__init__()
        self.whole = options.last_blocks > 0
        first = len(frozen.blocks) - options.last_blocks if self.whole else 0
        if first < 0:
            raise ModelError(f"unfrozen.last_blocks: at most {len(frozen.blocks)}, found {options.last_blocks}")
        self.trained = nn.ModuleDict(
            {str(number): _packed(pack, number, frozen.blocks[number]) for number in range(first, len(frozen.blocks))}
        )

    def forward(self, call: Call, hidden: Tensor) -> Tensor:
        """The block with each member's own tensors: (K, R, d) -> (K, R, d)."""
        if str(call.number) not in self.trained:
            return call(hidden)
        packed: Any = self.trained[str(call.number)]
        dtype = next(iter(packed.values())).dtype if self.whole else hidden.dtype
        plain, outputs = _Plain(call.block), []
        for k in range(len(hidden)):
            own = {f"block.{name.replace('/', '.')}": value[k] for name, value in packed.items()}
            inputs, kwargs = ((hidden, *call.args), call.kwargs)
            args, kwargs = (_of_member(given, k, len(hidden), dtype) for given in (inputs, kwargs))
            outputs.append(functional_call(plain, own, args, kwargs))
        return torch.cat(outputs).to(hidden.dtype)


class _Plain(nn.Module):
    """A block's own work; its tensors are called block.*."""

    def __init__(self, block: nn.Module) -> None:
        super().__init__()
        self.block = block

    def forward(self, *args: Any, **kwargs: Any) -> Any:
        return plainly(self.block, *args, **kwargs)


def _packed(pack: Pack, number: int, block: nn.Module) -> nn.ParameterDict:
    """A block's factors of LoRA, or all of its tensors if it has none; names have "/" in place of "."."""
    tensors = dict(block.named_parameters())
    if adapters := {name: value for name, value in tensors.items() if name.endswith(FACTORS)}:
        tensors = adapters
    return nn.ParameterDict(
        {
            name.replace(".", "/"): pack.parameter(f"blocks.{number}.{name}", value.shape, _start(name, value))
            for name, value in tensors.items()
        }
    )


def _start(name: str, value: Tensor) -> Init:
    """The model's value, zero for LoRA's second factor; for the first peft's draw, U(-1/sqrt(in), 1/sqrt(in))."""
    return _uniform(1 / math.sqrt(value.shape[1])) if name.endswith(FACTORS[0]) else _at(value)


def _at(value: Tensor) -> Init:
    def fill(tensor: Tensor, generator: torch.Generator) -> None:
        tensor.copy_(value)

    return fill


def _uniform(bound: float) -> Init:
    def fill(tensor: Tensor, generator: torch.Generator) -> None:
        nn.init.uniform_(tensor, -bound, bound, generator=generator)

    return fill


def _of_member(given: Any, k: int, members: int, dtype: torch.dtype) -> Any:
    """Member k's part of what a block is given, floating numbers in this type; the rest as it is."""
    if isinstance(given, Tensor):
        own = given[k : k + 1] if given.dim() and len(given) == members else given
        return own.to(dtype) if own.is_floating_point() else own
    if isinstance(given, Layout):
        rows = Places.of(given.rows.index[k : k + 1], given.rows.size)
        return replace(given, real=given.real[k : k + 1], rows=rows, allowed=given.allowed[k : k + 1])
    if isinstance(given, dict):
        return {name: _of_member(value, k, members, dtype) for name, value in given.items()}
    if isinstance(given, tuple):
        return tuple(_of_member(value, k, members, dtype) for value in given)
    return given
