"""The cells that are measured: the study's defaults, on data of the benchmarks, with made-up text of any width."""

from pathlib import Path

import numpy as np
import torch

from benchmarks.data import HISTORY, Corpus
from spectran.config.backbones import HSTU, BERT4Rec, SASRec
from spectran.config.methods import (
    LLMESR,
    AlphaFuse,
    Base,
    Feature,
    LLMInit,
    Method,
    MoRec,
    RLMRec,
    SpecTran,
    UniSRec,
    WhitenRec,
)
from spectran.config.training import Evaluation, Training
from spectran.io import replacing
from spectran.models.features import ItemFeatures
from spectran.models.members import Member
from spectran.models.recommender import Blueprint
from spectran.spectra.decomposition import FORMS, decompose
from spectran.training.data import TrainingData
from spectran.training.pack import PackRun

#: The study's item dimension.
DIM = 128
#: Columns of the text in a quick run, no fewer than the item dimension.
TINY_WIDTH = 160
#: The study's settings: batch 256, 64 negatives, cosine, temperature 0.07.
TRAINING = Training()
EVALUATION = Evaluation()
DROPOUT = 0.1
#: Two blocks of one head each, as the issue of the comparison has it.
BACKBONES: dict[str, SASRec | BERT4Rec | HSTU] = {"sasrec": SASRec(), "bert4rec": BERT4Rec(heads=1), "hstu": HSTU()}
METHODS: dict[str, Method] = {
    method.kind: method
    for method in (
        Base(),
        MoRec(),
        UniSRec(),
        LLMESR(),
        RLMRec(),
        WhitenRec(),
        LLMInit(),
        AlphaFuse(),
        SpecTran(),
    )
}


def blueprint(backbone: str, method: str, text: ItemFeatures) -> Blueprint:
    """What a cell's models are built from: kinds of backbone and method, and what `text_features` gives."""
    return Blueprint(BACKBONES[backbone], METHODS[method], DIM, HISTORY, text)


def members(count: int, backbone: str, method: str, weight_decay: float = 0.0) -> tuple[Member, ...]:
    """Members that differ in their seeds."""
    ratio, scale = BACKBONES[backbone].masks(), METHODS[method].id_scale
    return tuple(Member(k, weight_decay, DROPOUT, scale, TRAINING.learning_rate, ratio) for k in range(count))


def pack_run(
    plan: Blueprint, data: TrainingData, backbone: str, method: str, count: int = 1, weight_decay: float = 0.0
) -> PackRun:
    """A pack ready to be trained."""
    return PackRun(plan, members(count, backbone, method, weight_decay), data, TRAINING, EVALUATION)


def text_features(corpus: Corpus, width: int, method: Method) -> ItemFeatures:
    """Text features of a width, made up once: random directions whose spectrum falls as 1 / sqrt(index).

    Their entries mean nothing and need not: neither the number of operations nor the rank depends on them.
    """
    folder = corpus.folder / f"text-{width}"
    embeddings = folder / "embeddings.npy"
    paths: dict[Feature, Path] = {"embeddings": embeddings}
    if method.reads() and not embeddings.is_file():
        _write_embeddings(embeddings, corpus.train.n_items, width)
    for form in FORMS:
        paths[form] = folder / f"{form}.safetensors"
        if form in method.reads() and not paths[form].is_file():
            decompose(np.load(embeddings, allow_pickle=False), form).save(paths[form])
    reads = {feature: paths[feature] for feature in sorted(method.reads())}
    return ItemFeatures(corpus.train.n_items, reads, corpus.train.popularity())


def _write_embeddings(path: Path, n_items: int, width: int) -> None:
    rng = np.random.default_rng(width)
    matrix = rng.standard_normal((n_items, width), dtype=np.float32) / np.sqrt(1 + np.arange(width, dtype=np.float32))
    matrix += 0.5 / np.sqrt(width)  # a common direction, as text has one
    with replacing(path) as temporary, temporary.open("wb") as file:
        np.save(file, matrix)


def wait(device: torch.device) -> None:
    """Until all work of a device is done."""
    if device.type == "cuda":
        torch.cuda.synchronize(device)
