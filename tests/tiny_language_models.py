"""Tiny language models of random weights from their own configurations, in folders: no download, real code paths."""

from pathlib import Path

import torch
from transformers import AutoModel as Auto
from transformers import (
    BertConfig,
    GPT2Config,
    LlamaConfig,
    MistralConfig,
    PretrainedConfig,
    Qwen2Config,
    RobertaConfig,
)

from small import DIM
from spectran.config.backbones import LanguageModel

COMMON = {
    "vocab_size": 11,
    "hidden_size": DIM,
    "intermediate_size": 12,
    "num_hidden_layers": 3,
    "num_attention_heads": 4,
    "max_position_embeddings": 40,
    "initializer_range": 0.4,
    "pad_token_id": 1,
}
GROUPED = COMMON | {"num_key_value_heads": 2}
#: Decoders that the presets name, decoders and encoders of other kinds. Encoders have dropout.
FAMILIES: dict[str, PretrainedConfig] = {
    "llama": LlamaConfig(**GROUPED),
    "qwen2": Qwen2Config(**GROUPED),
    "mistral": MistralConfig(**GROUPED, sliding_window=30),
    "bert": BertConfig(**COMMON),
    "roberta": RobertaConfig(**COMMON),
    "gpt2": GPT2Config(
        vocab_size=11, n_embd=DIM, n_layer=3, n_head=4, n_positions=40, initializer_range=0.4, pad_token_id=1
    ),
}


def saved(folder: Path, family: str, **options: object) -> LanguageModel:
    """Options of a backbone whose model is saved in this folder, unless it is there already."""
    where = folder / family
    if not where.exists():
        with torch.random.fork_rng(devices=[]):
            torch.default_generator.manual_seed(7)
            model = Auto.from_config(FAMILIES[family])
            for parameter in model.parameters():  # norms and biases too
                torch.nn.init.normal_(parameter, std=0.4)
            model.save_pretrained(where)
    return LanguageModel.model_validate({"model": str(where), "width": DIM, **options})
