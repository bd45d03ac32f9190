"""Tiny models with random weights, made from their own configurations: no download, real code paths."""

from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
import torch
from tokenizers import Tokenizer
from tokenizers.models import WordLevel
from tokenizers.pre_tokenizers import Whitespace
from tokenizers.processors import TemplateProcessing
from transformers import (
    GPT2Config,
    GPT2LMHeadModel,
    LlamaConfig,
    LlamaForCausalLM,
    PreTrainedTokenizerFast,
    RobertaConfig,
    RobertaModel,
)

from spectran.config.text import Encoder

WORDS = [f"word{n}" for n in range(20)] + ["bad", "&"]
LONGEST = 12


def tokenizer(*, pad: bool) -> PreTrainedTokenizerFast:
    """A word-level tokenizer that puts BOS in front, like Llama's; Llama's has no padding token either."""
    specials = ["<s>", "<pad>", "</s>", "<unk>"]
    vocabulary = {token: number for number, token in enumerate([*specials, *WORDS])}
    core = Tokenizer(WordLevel(vocabulary, unk_token="<unk>"))
    core.pre_tokenizer = Whitespace()
    core.post_processor = TemplateProcessing(single="<s> $A", special_tokens=[("<s>", 0)])
    names = {"bos_token": "<s>", "eos_token": "</s>", "unk_token": "<unk>"} | ({"pad_token": "<pad>"} if pad else {})
    return PreTrainedTokenizerFast(tokenizer_object=core, **names)


@pytest.fixture(scope="session")
def llama(tmp_path_factory) -> Path:
    """A folder with a tiny decoder, saved with its language-model head."""
    folder = tmp_path_factory.mktemp("models") / "tiny-llama"
    torch.manual_seed(0)
    config = LlamaConfig(
        vocab_size=4 + len(WORDS),
        hidden_size=32,
        intermediate_size=48,
        num_hidden_layers=3,
        num_attention_heads=4,
        num_key_value_heads=2,
        max_position_embeddings=64,
        initializer_range=0.4,
    )
    LlamaForCausalLM(config).save_pretrained(folder)
    tokenizer(pad=False).save_pretrained(folder)
    return folder


@pytest.fixture(scope="session")
def gpt2(tmp_path_factory) -> Path:
    """A folder with a tiny decoder of absolute positions: unlike Llama's, they must be given under left padding."""
    folder = tmp_path_factory.mktemp("models") / "tiny-gpt2"
    torch.manual_seed(0)
    config = GPT2Config(
        vocab_size=4 + len(WORDS), n_embd=32, n_layer=2, n_head=4, n_positions=64, initializer_range=0.4
    )
    GPT2LMHeadModel(config).save_pretrained(folder)
    tokenizer(pad=False).save_pretrained(folder)
    return folder


@pytest.fixture(scope="session")
def roberta(tmp_path_factory) -> Path:
    """A folder with a tiny encoder that derives positions from padding by itself."""
    folder = tmp_path_factory.mktemp("models") / "tiny-roberta"
    torch.manual_seed(0)
    config = RobertaConfig(
        vocab_size=4 + len(WORDS),
        hidden_size=32,
        intermediate_size=48,
        num_hidden_layers=2,
        num_attention_heads=4,
        max_position_embeddings=34,
        initializer_range=0.4,
    )
    RobertaModel(config).save_pretrained(folder)
    tokenizer(pad=True).save_pretrained(folder)
    return folder


@pytest.fixture
def decoder(llama) -> Callable[..., Encoder]:
    """The encoder section of a study for the tiny decoder, with changes."""

    def make(**changes: object) -> Encoder:
        settings = {
            "name": "tiny",
            "model": str(llama),
            "pooling": "last_token",
            "padding_side": "left",
            "dtype": "float32",
            "max_length": LONGEST,
            "batch_tokens": 30,
            "shard_items": 7,
        }
        return Encoder.model_validate(settings | changes)

    return make


@pytest.fixture(scope="session")
def titles() -> list[str]:
    """Titles of 0 to 19 words: some too long, one empty, one with an entity."""
    made = [" ".join(WORDS[(3 * n + k) % 20] for k in range(n % 12)) for n in range(30)]
    return [*made, " ".join(WORDS[:19]), " ".join(WORDS[:15]), "word1 &amp; word2", "  word3 "]


@pytest.fixture
def items(tmp_path, titles) -> Path:
    """The table of items of a dataset with those titles."""
    path = tmp_path / "items.parquet"
    columns = {"item": pd.Series(range(len(titles)), dtype="int32"), "title": titles}
    pd.DataFrame(columns | {"id": [f"B{n:04d}" for n in range(len(titles))]}).to_parquet(path, index=False)
    return path
