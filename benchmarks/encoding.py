"""Titles to vectors: ours, a plain padded loop, and sentence-transformers, in turn on the same titles.

All start from titles and end with vectors in main memory; loading the model is left out. The plain loop takes batches
of 32 in input order, pads them to their longest title and waits for each batch's vectors. MiniLM is the workflow's own,
with its weights. The large model, where there is a GPU, is LLaMA3-8B drawn at random from its configuration, in bf16:
its weights are not free to have, and speed does not depend on them. Its titles are cut into MiniLM's tokens.

Model FLOP utilisation is the work of real tokens, over seconds and the device's own rate in matrix products of the
same type. The work of a title of T tokens is

    T (2 P + 4 h T a), P = entries of all matrix layers, h = heads x size of a head x layers, a = 1/2 if causal, else 1

(Q K^T and its product with V take 2 h T each for each token; embeddings, norms and activations are no matrix work;
padding is no work but takes time).
"""

import json
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from transformers import AutoModel, AutoTokenizer, LlamaConfig

from benchmarks.measurement import Measurement, in_turn, measured, ratios
from benchmarks.peers.client import FOLDER, Peer
from benchmarks.rate import rate
from benchmarks.settings import Settings
from benchmarks.titles import titles
from spectran.config.text import Encoder
from spectran.text.batches import cut, longest_first
from spectran.text.forward import Forward, load_of
from spectran.text.model import LanguageModel, load_model, pool
from spectran.text.weights import find_weights

TOPIC = "encoding"
#: Batch of the plain loop and of the peer (its default).
BATCH = 32
#: Every so many-th title on a CPU, where all of Office would take the plain loop a minute.
STEP = 5
LLAMA3_8B = LlamaConfig(
    vocab_size=128256,
    hidden_size=4096,
    intermediate_size=14336,
    num_hidden_layers=32,
    num_attention_heads=32,
    num_key_value_heads=8,
    max_position_embeddings=8192,
    rope_parameters={"rope_type": "default", "rope_theta": 500000.0},
)
#: In its place where `quick`; the vocabulary is that of MiniLM's tokenizer.
TINY = LlamaConfig(
    vocab_size=30522,
    hidden_size=64,
    intermediate_size=128,
    num_hidden_layers=2,
    num_attention_heads=4,
    num_key_value_heads=2,
)


def measure(settings: Settings) -> Iterator[Measurement]:
    """MiniLM on Office's titles, with the peer; the large model on Toys', on a GPU or where `quick`."""
    step = 1 if settings.quick or settings.device.type == "cuda" else STEP
    office = titles(settings, "office")[::step]
    for dtype in ("float32", "bfloat16"):
        encoder = Encoder.model_validate({"preset": "minilm", "dtype": dtype})
        model = load_model(find_weights(encoder), encoder, settings.device)
        yield from _case(settings, f"office, minilm {dtype}", model, office, peer=dtype == "float32")
    if settings.quick or settings.device.type == "cuda":
        large = random_llama(TINY if settings.quick else LLAMA3_8B, settings.device)
        yield from _case(settings, "toys, llama3-8b at random, bfloat16", large, titles(settings, "toys"), peer=False)


def random_llama(config: LlamaConfig, device: torch.device) -> LanguageModel:
    """A decoder of random weights in bf16, with MiniLM's tokenizer."""
    tokenizer = AutoTokenizer.from_pretrained(_minilm(), local_files_only=True)
    auto: Any = AutoModel
    with device:
        model = auto.from_config(config, dtype=torch.bfloat16).eval()
    model.config.use_cache = False
    return LanguageModel(model, tokenizer, Encoder.model_validate({"preset": "llama3-8b"}), device)


def ours(model: LanguageModel, texts: Sequence[str]) -> NDArray[np.float32]:
    """The workflow's way: by length, in shards. Twins are encoded twice, as by the others."""
    rows = model.tokenise(texts).ids
    order = longest_first([len(row) for row in rows])
    size = model.encoder.shard_items
    shards = [[rows[n] for n in order[start : start + size]] for start in range(0, len(rows), size)]
    vectors = np.empty((len(rows), model.dimension), dtype=np.float32)
    forward = Forward(model, load_of(model.encoder, model.device), lambda _: None)
    vectors[order] = np.concatenate(list(forward.shards(shards)))
    return vectors


def plain(model: LanguageModel, texts: Sequence[str]) -> NDArray[np.float32]:
    """Batches of 32 in input order, padded to their longest title, one after the other."""
    rows = [torch.tensor(row) for row in model.tokenise(texts).ids]
    side = model.encoder.padding_side
    vectors = []
    for start in range(0, len(rows), BATCH):
        batch = rows[start : start + BATCH]
        ids = torch.nn.utils.rnn.pad_sequence(batch, batch_first=True, padding_side=side).to(model.device)
        ones = [torch.ones_like(row) for row in batch]
        mask = torch.nn.utils.rnn.pad_sequence(ones, batch_first=True, padding_side=side).to(model.device)
        with torch.inference_mode():
            hidden = model.model(input_ids=ids, attention_mask=mask).last_hidden_state
            vectors.append(pool(hidden, mask, model.encoder.pooling).cpu().numpy())
    return np.concatenate(vectors)


def work(model: LanguageModel, lengths: Sequence[int]) -> float:
    """FLOP of titles of these lengths, by the formula above."""
    layers = [module for module in model.model.modules() if isinstance(module, torch.nn.Linear)]
    pooler = getattr(model.model, "pooler", None)
    entries = sum(layer.weight.numel() for layer in layers if pooler is None or layer not in pooler.modules())
    config = model.model.config
    size = getattr(config, "head_dim", None) or config.hidden_size // config.num_attention_heads
    attention = 4 * config.num_attention_heads * size * config.num_hidden_layers
    share = 0.5 if model.encoder.pooling == "last_token" else 1.0
    tokens = np.asarray(lengths, dtype=np.float64)
    return float((2.0 * entries * tokens + attention * share * tokens**2).sum())


def _case(
    settings: Settings, case: str, model: LanguageModel, texts: Sequence[str], *, peer: bool
) -> Iterator[Measurement]:
    lengths = [len(row) for row in model.tokenise(texts).ids]
    works: dict[str, Callable[[], object]] = {"ours": lambda: ours(model, texts), "plain": lambda: plain(model, texts)}
    with ExitStack() as stack:
        if peer and not settings.quick:
            other = stack.enter_context(sentence_transformers(settings, texts))
            works["sentence-transformers"] = lambda: other.ask("encode")
        times = dict(zip(works, in_turn(list(works.values()), settings.runs), strict=True))
    best = rate(settings, getattr(torch, model.encoder.dtype))
    flop = work(model, lengths)
    for name, seconds in times.items():
        yield measured(TOPIC, case, f"titles a second, {name}", [len(texts) / second for second in seconds], "1/s")
        yield measured(TOPIC, case, f"tokens a second, {name}", [sum(lengths) / second for second in seconds], "1/s")
        shares = [flop / second / best for second in seconds]
        yield measured(TOPIC, case, f"model FLOP utilisation, {name}", shares, "share")
        if name != "ours":
            yield measured(TOPIC, case, f"ours faster than {name}", ratios(seconds, times["ours"]), "ratio")
    yield measured(TOPIC, case, "padding, ours", [padding(model, lengths)], "share")
    yield measured(TOPIC, case, "padding, plain", [padding_of(_in_order(lengths))], "share")


def padding(model: LanguageModel, lengths: Sequence[int]) -> float:
    """Share of padding in our batches."""
    falling = sorted(lengths, reverse=True)
    size, load = model.encoder.shard_items, load_of(model.encoder, model.device)
    shards = [falling[start : start + size] for start in range(0, len(falling), size)]
    return padding_of([shard[batch] for shard in shards for batch in cut(shard, *load)])


def padding_of(batches: Sequence[Sequence[int]]) -> float:
    """Share of padding in batches of titles of these lengths."""
    return 1 - sum(map(sum, batches)) / sum(len(batch) * max(batch) for batch in batches)


def _in_order(lengths: Sequence[int]) -> list[Sequence[int]]:
    return [lengths[start : start + BATCH] for start in range(0, len(lengths), BATCH)]


def _minilm() -> Path:
    return find_weights(Encoder.model_validate({"preset": "minilm"})).folder


def sentence_transformers(settings: Settings, texts: Sequence[str]) -> Peer:
    """sentence-transformers on these titles, in a process of its own but in our environment, which has it."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "titles.json"
        path.write_text(json.dumps(list(texts)), encoding="utf-8")
        options = {
            "folder": str(_minilm()),
            "titles": str(path),
            "batch": BATCH,
            "threads": settings.threads,
            "device": settings.device.type,
        }
        server = [str(FOLDER / "encode_titles.py")]
        return Peer(Path(sys.executable), settings.threads, server, options)  # which has read them by now
