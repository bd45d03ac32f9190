"""Encode a dataset's titles: plan, shards, vectors, provenance."""

import hashlib
import json
import logging
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import torch
import transformers
from numpy.typing import NDArray

from spectran.config.text import Encoder
from spectran.config.training import Compute
from spectran.device import prepare
from spectran.io import write_json
from spectran.progress import Progress
from spectran.text.batches import cut, longest_first
from spectran.text.forward import Forward, Load, load_of
from spectran.text.model import LanguageModel, load_model
from spectran.text.shards import Shards, save_array
from spectran.text.titles import read_items, word
from spectran.text.weights import Weights, find_weights

LOG = logging.getLogger(__name__)


class VectorsError(ValueError):
    """A vector that came out of the model cannot be used."""


def encode_items(items: Path, encoder: Encoder, compute: Compute, embeddings: Path, record: Path, state: Path) -> None:
    """Encode the titles of `items` into `embeddings` (npy, N x l float32, row = item) and their provenance.

    What the model sees as the same text is encoded once, so that items of the same title have the same row, bit by
    bit. Finished shards are kept in the folder `state` until the end; an interrupted run resumed gives the same bytes.

    Raises:
        ValueError: if the items, the weights, the device or a vector are unfit; the message says which and why.
    """
    table = read_items(items)
    wording = word(table["title"].tolist(), encoder)
    device = prepare(compute)
    weights = find_weights(encoder)
    model = load_model(weights, encoder, device)
    tokens = model.tokenise(wording.texts)

    load = load_of(encoder, device)
    identity = describe(encoder, compute, weights, device, wording.texts) | {"batch_tokens": load.budget}
    shards = Shards(state, identity)
    first, of_item = _distinct(tokens.ids)
    ids = [tokens.ids[item] for item in first]
    vectors, padded = _encode(model, load, ids, table.iloc[first], shards)

    total = sum(map(len, ids))
    counts = {
        "items": len(table),
        "distinct_texts": len(set(wording.texts)),
        "encoded": len(ids),
        "dimension": model.dimension,
        "empty_titles": wording.empty,
        "truncated_titles": tokens.truncated,
        "tokens": total,
        "padding_share": round(1 - total / padded, 6),
    }
    save_array(embeddings, vectors[of_item])
    write_json(record, identity | counts)
    shards.remove()
    LOG.info("encoded: %s", ", ".join(f"{key} {value}" for key, value in counts.items()))


def describe(
    encoder: Encoder, compute: Compute, weights: Weights, device: torch.device, texts: list[str]
) -> dict[str, Any]:
    """Everything that decides the vectors, as plain values: the provenance, and what a shard is valid for."""
    settings = encoder.model_dump(mode="json")
    if weights.origin == "folder":
        settings["model"] = Path(encoder.model).name  # where it lies on this machine is nobody's business
    return {
        "encoder": settings,
        "weights": {"from": weights.origin, "commit": weights.commit, "sha256": weights.files},
        "texts_sha256": hashlib.sha256(json.dumps(texts).encode()).hexdigest(),
        "device": device.type,
        "threads": compute.threads,
        "versions": {"torch": torch.__version__, "transformers": transformers.__version__},
    }


def _distinct(ids: list[list[int]]) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """The first item (M, ascending) of each distinct row of tokens, and each item's place (N) among those.

    Tokens, not texts, are compared: an uncased tokenizer, or a cut, makes one of two texts.
    """
    places: dict[tuple[int, ...], int] = {}
    of_item = np.array([places.setdefault(tuple(tokens), len(places)) for tokens in ids])
    return np.unique(of_item, return_index=True)[1], of_item


def _encode(
    model: LanguageModel, load: Load, ids: list[list[int]], table: pd.DataFrame, shards: Shards
) -> tuple[NDArray[np.float32], int]:
    """Vectors (M, l) of the M rows of tokens, and the number of tokens in the batches, padding included.

    `table` has the item that stands for each row.
    """
    size = model.encoder.shard_items
    order = longest_first([len(tokens) for tokens in ids])
    plan = [order[start : start + size] for start in range(0, len(ids), size)]
    vectors = np.empty((len(ids), model.dimension), dtype=np.float32)
    missing, padded = [], 0
    for number, rows in enumerate(plan):
        lengths = [len(ids[row]) for row in rows]
        padded += sum(lengths[batch.start] * (batch.stop - batch.start) for batch in cut(lengths, *load))
        finished = shards.load(number, (len(rows), model.dimension))
        if finished is None:
            missing.append(number)
        else:
            vectors[rows] = finished

    waiting = sum(len(plan[number]) for number in missing)
    progress = Progress("text", len(ids), "titles", done=len(ids) - waiting)
    LOG.info("text: %d distinct titles to encode, %d found finished", waiting, progress.done)
    forward = Forward(model, load, progress.advance)
    made = forward.shards([ids[row] for row in plan[number]] for number in missing)
    for number, shard in zip(missing, made, strict=True):
        rows = plan[number]
        _refuse_not_finite(shard, rows, table, model.encoder.dtype)
        shards.save(number, shard)
        vectors[rows] = shard
    if forward.load != load:
        LOG.warning(
            "text: memory ran out; batches of at most %d tokens since, not %d", forward.load.budget, load.budget
        )
    return vectors, padded


def _refuse_not_finite(vectors: NDArray[np.float32], rows: NDArray[np.intp], table: pd.DataFrame, dtype: str) -> None:
    bad = rows[~np.isfinite(vectors).all(axis=1)]
    if len(bad):
        first = table.iloc[int(bad.min())]
        raise VectorsError(
            f"{len(bad)} vectors with NaN or infinite values, the first for item {first['id']} "
            f"({first['title']!r}); finite values expected (encoder.dtype is {dtype}; float32 overflows last)"
        )
