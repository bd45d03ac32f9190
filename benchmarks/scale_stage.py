"""One stage on made-up tables, in a process of its own: `python -m benchmarks.scale_stage import FOLDER`.

Prints JSON: processor seconds of the stage, MB that it takes at most beyond what was held before, and what was counted.
"""

import argparse
import json
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import torch

from benchmarks.cells import blueprint, pack_run
from benchmarks.data import HISTORY, read
from benchmarks.peak import peak_megabytes
from spectran.config.data import Files, Protocol
from spectran.data.files import read_files
from spectran.data.prepare import prepare
from spectran.data.split import split_by_name
from spectran.data.tables import write_tables
from spectran.evaluation.metrics import summarise
from spectran.evaluation.ranking import rank_targets_by
from spectran.evaluation.rows import describe_users, rank_rows
from spectran.models.features import ItemFeatures
from spectran.parted import write_parts
from spectran.training.data import TrainingData
from spectran.training.epoch import train_epoch
from spectran.training.pack import PackRun

#: Users that learn and that are ranked: what a step and a user take is what is looked for.
LEARNERS, RANKED = 2048, 256
CPU = torch.device("cpu")
Facts = dict[str, float]


def importing(folder: Path) -> Facts:
    """The user's own tables, checked and written as parsed ones."""
    source = Files(interactions=str(folder / "interactions.parquet"), items=str(folder / "items.parquet"))
    tables = read_files(source)
    write_tables(tables, *_parsed(folder))
    return {"interactions": len(tables[0])}


def preparing(folder: Path) -> Facts:
    """Title filter, 5-core, last 13, numbering."""
    prepared = prepare(*_parsed(folder), Protocol(), None)
    prepared.write(folder / "prepared")
    return {name: prepared.statistics[name] for name in ("users", "items", "interactions")}


def splitting(folder: Path) -> Facts:
    """Leave-one-out."""
    prepared = folder / "prepared"
    split_by_name(pd.read_parquet(prepared / "interactions.parquet"), "leave-one-out").write(prepared)
    return {}


def reading(folder: Path) -> Facts:
    """What a job of a cell does before it trains."""
    return {"users": len(_data(folder).sequences)}


def learning(folder: Path) -> Facts:
    """Steps of a batch of 256 users with the sampled loss, 64 negatives, SASRec and Base at d 128."""
    run = _run(_data(folder))
    users = torch.arange(min(LEARNERS, len(run.data.sequences)))
    train_epoch(run.learner, 1, users=users[:256])
    start = time.process_time()
    train_epoch(run.learner, 2, users=users)
    return {"a step": (time.process_time() - start) / -(-len(users) // 256)}


def ranking(folder: Path) -> Facts:
    """Some users ranked among all items, by both scores."""
    data = _data(folder)
    run = _run(data)
    run.model.eval()
    start = time.process_time()
    rank_targets_by(run.model, data.known[:RANKED], data.validation[:RANKED], ("cosine", "dot"))
    return {"a user": (time.process_time() - start) / min(RANKED, len(data.validation))}


def writing(folder: Path) -> Facts:
    """Rows of ranks.parquet of everyone, by both scores, with made-up ranks; and their metrics."""
    corpus = read("made", folder / "prepared")
    rng = np.random.default_rng(0)
    users = describe_users(corpus.train, corpus.validation, corpus.validation.known.histories(HISTORY))
    ranks = rng.integers(1, corpus.train.n_items + 1, len(users))
    ties = np.zeros(len(users), dtype=np.int64)
    parts = (rank_rows(users, ranks, ties, seed=0, score=score) for score in ("cosine", "dot"))
    for part in write_parts(folder / "ranks.parquet", parts):
        summarise(part, (10, 20))
    return {}


STAGES: dict[str, Callable[[Path], Facts]] = {
    "import": importing,
    "prepare": preparing,
    "split": splitting,
    "read": reading,
    "steps": learning,
    "ranking": ranking,
    "ranks": writing,
}


def _parsed(folder: Path) -> tuple[Path, Path]:
    return folder / "parsed/interactions.parquet", folder / "parsed/items.parquet"


def _data(folder: Path) -> TrainingData:
    return read("made", folder / "prepared").on(CPU)


def _run(data: TrainingData) -> PackRun:
    return pack_run(blueprint("sasrec", "base", ItemFeatures(data.n_items)), data, "sasrec", "base")


def main() -> None:
    """Run the stage that is named."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("stage", choices=STAGES)
    parser.add_argument("folder", type=Path)
    given = parser.parse_args()
    torch.set_num_threads(1)
    facts: Facts = {}
    start = time.process_time()
    peak = peak_megabytes(CPU, lambda: facts.update(STAGES[given.stage](given.folder)))
    print(json.dumps({"seconds": time.process_time() - start, "peak": peak, "facts": facts}))


if __name__ == "__main__":
    main()
