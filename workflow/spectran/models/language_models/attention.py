"""Attention of a language model among packed rows: a real place is a row, and reads the rows of its own sequence.

Hugging Face models hand queries, keys and values to a function that is chosen by name. Ours is the one that the other
backbones have (`reading.py`): nothing is computed for padding, and what a place may read is what the layout says, for
decoders and encoders alike.
"""

from typing import Any

import torch
from torch import Tensor, nn
from transformers import AttentionInterface
from transformers.integrations.sdpa_attention import repeat_kv

from spectran.models.layout import Layout
from spectran.models.reading import read
from spectran.text.pretrained import ModelError

#: Name of the function among those of transformers.
NAME = "spectran"
#: What some models want done to scores beside scaling. Leaving it out would make another model of them.
UNKNOWN = ("softcap", "s_aux", "position_bias")


def attend(
    module: nn.Module,
    query: Tensor,
    key: Tensor,
    value: Tensor,
    attention_mask: Tensor | None,
    *,
    scaling: float | None = None,
    layout: Layout | None = None,
    **others: Any,
) -> tuple[Tensor, None]:
    """What rows read of the rows of their sequences, as transformers wants it; softmax in float32 at least.

    Args:
        module: the attention's module.
        query: shape (K, heads, R, w).
        key: shape (K, groups, R, w); each group of heads shares one.
        value: likewise.
        attention_mask: none is given; the layout has it.
        scaling: of scores; 1 / sqrt(w) when left out.
        layout: of the batch.
        others: what other functions need.

    Returns:
        Shape (K, R, heads, w), and nothing for the weights.

    Raises:
        ModelError: if the model does not hand on the layout, or wants more done to scores.
    """
    found = [name for name in UNKNOWN if others.get(name) is not None]
    if layout is None or found:
        what = f"{', '.join(found)} is not supported" if found else "it does not hand on what its forward is given"
        raise ModelError(f"{type(module).__name__}: an attention of scaled products expected; {what}")
    heads, width = query.shape[1], query.shape[-1]
    key, value = (repeat_kv(part, heads // part.shape[1]) for part in (key, value))
    wide = torch.promote_types(query.dtype, torch.float32)
    # Sparse products on a CPU know no half precision.
    q, k, v = (part.transpose(1, 2).flatten(2).to(part.dtype if layout.dense else wide) for part in (query, key, value))
    shut = ~layout.readable(layout.rows)

    def weigh(scores: Tensor) -> Tensor:
        return scores.masked_fill(shut, -torch.inf).softmax(dim=-1, dtype=wide).to(scores.dtype)

    mixed = read(q * (width**-0.5 if scaling is None else scaling), k, v, heads, layout, layout.rows, weigh)
    return mixed.to(query.dtype).unflatten(-1, (heads, -1)), None


AttentionInterface.register(NAME, attend)
