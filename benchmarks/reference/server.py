"""The reference in a process of its own, with torch and its memory as they come.

    python -m benchmarks.reference.server '{"folder": "results/benchmarks-cache/toys", "backbone": "sasrec", ...}'

trains and ranks once to warm up and writes {"seconds": ...} for it; then it trains one more for each line `epoch`, and
ranks the validation part for each line `rank`.
"""

import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch

from benchmarks.cells import DIM, DROPOUT, METHODS, TRAINING, text_features, wait
from benchmarks.data import HISTORY, read
from benchmarks.reference.model import Model
from benchmarks.reference.training import Loop, ndcg, rank


def main(settings: dict[str, Any]) -> None:
    """Train and rank on demand."""
    torch.set_num_threads(settings["threads"])
    device = torch.device(settings["device"])
    corpus = read("reference", Path(settings["folder"]))
    data = corpus.on(device)
    text = text_features(corpus, settings["width"], METHODS[settings["method"]])
    model = Model(settings["backbone"], settings["method"], text, dim=DIM, history=HISTORY, dropout=DROPOUT)
    loop = Loop(model.to(device), data.sequences, TRAINING)
    works: dict[str, Callable[[], object]] = {
        "epoch": loop.epoch,
        "rank": lambda: ndcg(rank(loop.model, data.known, data.validation)[0]),
    }

    def answer(*wanted: str) -> None:
        wait(device)
        start = time.perf_counter()
        for name in wanted:
            works[name]()
        wait(device)
        print(json.dumps({"seconds": time.perf_counter() - start}), flush=True)

    answer(*works)
    for line in sys.stdin:
        answer(line.strip())


if __name__ == "__main__":
    main(json.loads(sys.argv[1]))
