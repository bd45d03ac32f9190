"""A frozen language model reading a batch of users' items: tokens a second of a forward and a backward pass, memory.

A token is a real item; the pass starts from the item table and ends in its gradient, as in training, with the filter
over time after each block. MiniLM is the workflow's own, with its weights. The three models of FreLLM4Rec, where there
is a GPU, are drawn at random from their configurations, in bfloat16: weights are not free to have for all, and speed
does not depend on them.
"""

import json
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import torch

from benchmarks.cells import METHODS, members
from benchmarks.data import HISTORY, Corpus, corpus
from benchmarks.measurement import Measurement, in_turn, measured
from benchmarks.peak import peak_megabytes
from benchmarks.settings import Settings, SkippedError
from spectran.config.backbones import LanguageModel
from spectran.config.temporal import TemporalFilter
from spectran.models.features import ItemFeatures
from spectran.models.language_models.loading import load
from spectran.models.layout import Layout
from spectran.models.recommender import Blueprint, Recommender

TOPIC = "language_model"
#: Users in a batch, as FreLLM4Rec's authors train; with MiniLM on a processor as the default study does.
BATCH = {"cuda": 128, "cpu": 32}
PACKS = (1, 4)
GROUPED = {"num_attention_heads": 32, "num_key_value_heads": 8, "hidden_size": 4096, "intermediate_size": 14336}
ROPE_31 = {
    "rope_type": "llama3",
    "rope_theta": 500000.0,
    "factor": 8.0,
    "low_freq_factor": 1.0,
    "high_freq_factor": 4.0,
    "original_max_position_embeddings": 8192,
}
#: What their config.json say; words are dropped, so that their number does not matter.
CONFIGURATIONS: dict[str, dict[str, Any]] = {
    "llama-3.1-8b": GROUPED
    | {"model_type": "llama", "num_hidden_layers": 32, "vocab_size": 128256, "max_position_embeddings": 131072}
    | {"rms_norm_eps": 1e-5, "rope_parameters": ROPE_31},
    "qwen2.5-7b": {
        "model_type": "qwen2",
        "num_attention_heads": 28,
        "num_key_value_heads": 4,
        "hidden_size": 3584,
        "intermediate_size": 18944,
        "num_hidden_layers": 28,
        "vocab_size": 152064,
        "max_position_embeddings": 131072,
        "rms_norm_eps": 1e-6,
        "rope_parameters": {"rope_type": "default", "rope_theta": 1000000.0},
    },
    "mistral-7b": GROUPED
    | {"model_type": "mistral", "num_hidden_layers": 32, "vocab_size": 32000, "max_position_embeddings": 32768}
    | {"rms_norm_eps": 1e-5, "sliding_window": 4096, "rope_parameters": {"rope_type": "default", "rope_theta": 1e4}},
}
#: What becomes of them where `quick`.
TINY = {
    "hidden_size": 16,
    "intermediate_size": 24,
    "num_hidden_layers": 2,
    "num_attention_heads": 4,
    "num_key_value_heads": 2,
    "vocab_size": 8,
}


def measure(settings: Settings) -> Iterator[Measurement]:
    """MiniLM on Office; the large models on Toys, on a GPU or where `quick`.

    Raises:
        SkippedError: without a GPU, after MiniLM.
    """
    small = LanguageModel.model_validate({"preset": "minilm", "temporal_filter": {}})
    yield from _model(settings, small, "minilm", "office")
    if settings.device.type != "cuda" and not settings.quick:
        raise SkippedError(f"{', '.join(CONFIGURATIONS)} at full size need a CUDA GPU")
    for name, configuration in CONFIGURATIONS.items():
        with ExitStack() as stack:
            folder = stack.enter_context(tempfile.TemporaryDirectory())
            options = _random(folder, configuration | (TINY if settings.quick else {}))
            stack.callback(load.cache_clear)
            yield from _model(settings, options, f"{name} at random, bfloat16", "toys")


def _random(folder: str, configuration: Mapping[str, Any]) -> LanguageModel:
    (Path(folder) / "config.json").write_text(json.dumps(configuration), encoding="utf-8")
    return LanguageModel(
        model=folder,
        width=configuration["hidden_size"],
        dtype="bfloat16",
        start="random",
        temporal_filter=TemporalFilter(),
    )


def _model(settings: Settings, options: LanguageModel, name: str, dataset: str) -> Iterator[Measurement]:
    data = corpus(settings, dataset)
    device = settings.device
    with device:  # a GPU draws billions of numbers in the time that a processor draws millions
        frozen = load(options, getattr(torch, options.dtype))
    size = sum(p.numel() * p.element_size() for p in frozen.model.parameters()) / 2**20
    yield measured(TOPIC, f"{data.name}, {name}", "weights", [size], "MB")
    for count in PACKS[:1] if settings.quick else PACKS:
        blueprint = Blueprint(options, METHODS["base"], options.width, HISTORY, ItemFeatures(data.train.n_items))
        model = blueprint.build(members(count, "sasrec", "base"), device)
        yield from _pack(settings, data, model, f"{data.name}, {name}, pack {count}")


def _pack(settings: Settings, data: Corpus, model: Recommender, case: str) -> Iterator[Measurement]:
    """Passes over one batch of users for each member."""
    device, count = settings.device, len(model.noise.members)
    users = BATCH[device.type]
    sequences = data.on(device).sequences[:, :-1]
    ids = sequences[: users * count].unflatten(0, (count, -1))
    real = ids != data.train.n_items
    layout = model.layout(real, real)
    model.noise.begin_epoch(1, 1)
    model.noise.set_step(0)

    def both() -> None:
        _forward(model, ids, layout).sum().backward()
        _wait(device)

    def forward() -> None:
        with torch.no_grad():
            _forward(model, ids, layout)
        _wait(device)

    tokens = int(real.sum())
    times = in_turn([both, forward], settings.runs)
    for what, seconds in zip(("forward and backward", "forward"), times, strict=True):
        yield measured(TOPIC, case, f"tokens a second, {what}", [tokens / one for one in seconds], "1/s")
    yield measured(TOPIC, case, "padding", [1 - tokens / layout.rows.index.numel()], "share")
    memory = peak_megabytes(device, both)
    if memory is not None:
        yield measured(TOPIC, case, "peak memory beyond the weights", [memory], "MB")


def _forward(model: Recommender, ids: torch.Tensor, layout: Layout) -> torch.Tensor:
    model.noise.begin_step()
    model.zero_grad()
    hidden: torch.Tensor = model(ids, model.method.item_table(), layout, layout.rows)
    return hidden


def _wait(device: torch.device) -> None:
    if device.type == "cuda":
        torch.cuda.synchronize(device)
