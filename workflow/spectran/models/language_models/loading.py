"""Language models from their files, or drawn at random in the same architecture; once a process."""

import logging
from functools import lru_cache
from typing import Any

import torch
from torch import nn
from transformers import AutoModel

from spectran.config.backbones import LanguageModel
from spectran.models.language_models.attention import NAME
from spectran.models.language_models.frozen import Frozen
from spectran.models.language_models.lora import add_adapters
from spectran.models.randomness import key_of
from spectran.text.pretrained import ModelError, read_config, read_pretrained
from spectran.text.weights import find_config, find_weights

_log = logging.getLogger(__name__)


@lru_cache(maxsize=1)  # a pack is built again and again: for a trial, the search, the final members, what is stored
def load(options: LanguageModel, dtype: torch.dtype) -> Frozen:
    """The model that a backbone reads with, in evaluation mode; on the CPU, until it is asked to read elsewhere.

    Args:
        options: of the backbone.
        dtype: arithmetic.

    Raises:
        ValueError: if it cannot be had, or is none that reads vectors of the width given.
    """
    place = f"backbones[{options.label}]"
    with torch.random.fork_rng(devices=[]):  # whatever is drawn here disturbs no other draw
        model = _drawn(options, dtype, place) if options.start == "random" else _read(options, dtype, place)
        blocks = _blocks(model, model.config.num_hidden_layers)
        if blocks is None or not model.is_backend_compatible():
            raise ModelError(
                f"{place}.model: a list of blocks and attention of transformers' own interface expected, "
                f"not found in {options.model} ({type(model).__name__})"
            )
        if model.config.hidden_size != options.width:
            width = model.config.hidden_size
            raise ModelError(f"{place}.width: {width} expected for {options.model}, found {options.width}")
        if options.unfrozen is not None and options.unfrozen.lora_rank:
            add_adapters(model, blocks, options.unfrozen)
    # Neither is used: an encoder's head, and the table that words are looked up in.
    if getattr(model, "pooler", None) is not None:
        model.pooler = None
    model.set_input_embeddings(nn.Identity())
    first = getattr(getattr(model, "embeddings", None), "padding_idx", -1) + 1  # the RoBERTa family counts from there
    limits = (getattr(model.config, name, None) for name in ("max_position_embeddings", "sliding_window"))
    longest = min(limit for limit in (*limits, 2**31) if limit)
    return Frozen(model.eval().requires_grad_(requires_grad=False), blocks, first, longest - first)


def _read(options: LanguageModel, dtype: torch.dtype, place: str) -> Any:
    """The pre-trained model."""
    weights = find_weights(options, place)
    config = read_config(weights.folder, options, place)
    return read_pretrained(weights, config, options, dtype, place, attn_implementation=NAME)


def _drawn(options: LanguageModel, dtype: torch.dtype, place: str) -> Any:
    """The same architecture with weights as its authors start them, drawn on the CPU whatever the device."""
    config = read_config(find_config(options, place), options, place)
    config.use_cache = False
    _log.info("drawing %s at random, seed %d", options.model, options.start_seed)
    torch.default_generator.manual_seed(key_of(options.start_seed, "language model") >> 1)
    auto: Any = AutoModel
    return auto.from_config(config, dtype=dtype, trust_remote_code=False, attn_implementation=NAME)


def _blocks(model: nn.Module, count: int) -> nn.ModuleList | None:
    """The outermost list of as many modules as the model says it has blocks."""
    lists = (module for module in model.modules() if isinstance(module, nn.ModuleList))
    return next((found for found in lists if len(found) == count), None)
