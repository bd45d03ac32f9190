"""A frozen Hugging Face model, encoder or decoder: tokens in, one vector a title out."""

import inspect
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal, NamedTuple

import torch
from transformers import AutoTokenizer

from spectran.config.text import Encoder
from spectran.text.batches import pad
from spectran.text.pretrained import LOCAL, ModelError, read_config, read_pretrained
from spectran.text.weights import Weights


class Tokens(NamedTuple):
    """Token ids of each title, special tokens included, and how many titles were cut."""

    ids: list[list[int]]
    truncated: int


@dataclass(frozen=True)
class LanguageModel:
    """Model and tokenizer on their device, with the settings that turn hidden states into vectors."""

    model: Any
    tokenizer: Any
    encoder: Encoder
    device: torch.device

    @property
    def dimension(self) -> int:
        """Text dimension l."""
        return int(self.model.config.hidden_size)

    def tokenise(self, texts: Sequence[str]) -> Tokens:
        """Token ids as the tokenizer gives them (it adds BOS, CLS and the like), cut to `max_length`."""
        ids: list[list[int]] = self.tokenizer(list(texts), verbose=False)["input_ids"]
        long = [row for row, tokens in enumerate(ids) if len(tokens) > self.encoder.max_length]
        if long:
            shortened = self.tokenizer(
                [texts[row] for row in long], truncation=True, max_length=self.encoder.max_length
            )["input_ids"]
            for row, tokens in zip(long, shortened, strict=True):
                ids[row] = tokens
        # A tokenizer without special tokens makes nothing of an empty title.
        return Tokens([tokens or [self._blank] for tokens in ids], len(long))

    def encode(self, rows: Sequence[Sequence[int]]) -> torch.Tensor:
        """Vectors (B, l), float32 on the model's device, of a batch of token ids; a GPU's work is not waited for."""
        tokenizer_pad = self.tokenizer.pad_token_id
        # Decoders often have no padding token. Any will do, for it is masked.
        filler = self._blank if tokenizer_pad is None else tokenizer_pad
        batch = pad(rows, filler, self.encoder.padding_side).to(self.device)
        inputs = {"input_ids": batch.ids}
        if batch.mask is not None:
            inputs["attention_mask"] = batch.mask
            if batch.positions is not None and self._takes_positions:
                inputs["position_ids"] = batch.positions
        with torch.inference_mode():
            return pool(self.model(**inputs).last_hidden_state, batch.mask, self.encoder.pooling)

    @property
    def _blank(self) -> int:
        special = (self.tokenizer.bos_token_id, self.tokenizer.eos_token_id)
        return int(next((token for token in special if token is not None), 0))

    @cached_property
    def _takes_positions(self) -> bool:
        """Whether positions are ours to give. The RoBERTa family derives its own, with an offset."""
        derives = hasattr(getattr(self.model, "embeddings", None), "padding_idx")
        return not derives and "position_ids" in inspect.signature(self.model.forward).parameters


def pool(hidden: torch.Tensor, mask: torch.Tensor | None, pooling: Literal["mean", "last_token"]) -> torch.Tensor:
    """From the final hidden states (B, T, l) to vectors (B, l) in float32: the mean or the last of the real tokens.

    Without a mask all tokens are real. Float64 states, of a test, keep their precision.
    """
    wide = torch.promote_types(hidden.dtype, torch.float32)
    if mask is None:
        return hidden.mean(dim=1, dtype=wide) if pooling == "mean" else hidden[:, -1].to(wide)
    if pooling == "mean":
        weights = mask.unsqueeze(-1).to(wide)
        return (hidden.to(wide) * weights).sum(dim=1) / weights.sum(dim=1)
    last = (mask * torch.arange(1, mask.shape[1] + 1, device=mask.device)).argmax(dim=1)
    return hidden[torch.arange(len(hidden), device=hidden.device), last].to(wide)


def load_model(weights: Weights, encoder: Encoder, device: torch.device) -> LanguageModel:
    """Load a model for inference; see `read_pretrained`.

    Raises:
        ModelError: if it is an encoder-decoder, its weights lack parameters, or `max_length` exceeds its positions.
    """
    config = read_config(weights.folder, encoder, "encoder")
    model = read_pretrained(weights, config, encoder, getattr(torch, encoder.dtype), "encoder")
    tokenizer = AutoTokenizer.from_pretrained(weights.folder, **LOCAL)
    loaded = LanguageModel(model.to(device), tokenizer, encoder, device)
    offset = getattr(getattr(model, "embeddings", None), "padding_idx", -1) + 1
    limit = min(tokenizer.model_max_length, getattr(config, "max_position_embeddings", 10**9) - offset)
    if encoder.max_length > limit:
        raise ModelError(f"encoder.max_length: at most {limit} for {encoder.model}, found {encoder.max_length}")
    return loaded
