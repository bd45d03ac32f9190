"""Frozen Hugging Face models from files: safetensors only, no code from the model's folder, no language-model head."""

import logging
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from transformers import AutoConfig, AutoModel
from transformers.utils import logging as transformers_logging

from spectran.config.text import Model
from spectran.text.weights import Weights

#: Nothing is asked of the hub any more, and nothing in a model's folder runs.
LOCAL: dict[str, Any] = {"local_files_only": True, "trust_remote_code": False}

_log = logging.getLogger(__name__)


class ModelError(ValueError):
    """The model does not suit what it is wanted for."""


def read_config(folder: Path, model: Model, place: str) -> Any:
    """What config.json says of a model's architecture.

    Args:
        folder: with the model's files.
        model: what the study says of it.
        place: where the study says so, for messages.

    Raises:
        ModelError: if transformers knows no such model by itself, or it is an encoder-decoder.
    """
    quiet: Any = transformers_logging
    quiet.set_verbosity_error()
    quiet.disable_progress_bar()
    try:
        config = AutoConfig.from_pretrained(folder, **LOCAL)
    except (ValueError, OSError, KeyError) as error:
        # Its own words ask for trust_remote_code, which there is not.
        expected = "the configuration of a model that transformers knows without code of the model's own expected"
        raise ModelError(f"{place}.model: {folder / 'config.json'}: {expected}") from error
    if config.is_encoder_decoder:
        raise ModelError(f"{place}.model: an encoder or a decoder expected, found both in {model.model}")
    return config


def read_pretrained(weights: Weights, config: Any, model: Model, dtype: torch.dtype, place: str, **how: Any) -> Any:
    """The model of this architecture with its weights, on the CPU and without dropout.

    Args:
        weights: its files.
        config: see `read_config`.
        model: what the study says of it.
        dtype: arithmetic.
        place: where the study says so, for messages.
        how: further options of transformers' `from_pretrained`.

    Raises:
        ModelError: if a file is damaged, or weights lack parameters.
    """
    _log.info("loading %s (%s, from %s)", model.model, str(dtype).removeprefix("torch."), weights.origin)
    try:
        found, report = AutoModel.from_pretrained(
            weights.folder, config=config, dtype=dtype, use_safetensors=True, output_loading_info=True, **LOCAL, **how
        )
    except SafetensorError as error:
        raise ModelError(f"{place}.model: whole safetensors files expected in {weights.folder}: {error}") from None
    # Missing parameters would be drawn at random. A pooler is one that we do not use.
    missing = sorted(key for key in report["missing_keys"] if "pooler" not in key)
    if missing:
        raise ModelError(f"{place}.model: {model.model} lacks {len(missing)} parameters, {missing[0]} for one")
    found.config.use_cache = False
    return found.eval()
