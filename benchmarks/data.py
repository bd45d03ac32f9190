"""Office and Toys at the size of the papers' data, through the workflow's own stages; else stand-ins of their size."""

import logging
from dataclasses import dataclass, replace
from pathlib import Path

import pandas as pd
import torch

from benchmarks.settings import Settings
from benchmarks.standin import OFFICE, TOYS, Size, interactions
from spectran.config.data import Expected, Files, Protocol
from spectran.data.files import read_files
from spectran.data.prepare import prepare
from spectran.data.sequences import Cases, Sequences, read_cases, read_train
from spectran.data.split import leave_one_out
from spectran.data.tables import write_tables
from spectran.io import write_parquet
from spectran.training.data import TrainingData
from spectran.training.data import prepare as padded

#: The study's longest input.
HISTORY = 10
#: What a run of the benchmarks' own tests takes in place of both; more items than the item dimension.
TINY = Size(140, (16, 8, 6, 4, 3, 2, 2, 1, 6))
#: Datasets, and what must come out of the real ones (SpecTran's Table 1).
SIZES = {"office": OFFICE, "toys": TOYS}
EXPECTED = {
    "office": Expected(users=4895, items=2414, interactions=41462),
    "toys": Expected(users=19124, items=11757, interactions=141630),
}

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Corpus:
    """A dataset's train part and validation cases.

    Attributes:
        name: as shown in a case; a stand-in says that it is one.
        folder: where train.parquet and valid.parquet are.
        train: every user's train part.
        validation: what is asked after it.
    """

    name: str
    folder: Path
    train: Sequences
    validation: Cases

    def first(self, users: int) -> "Corpus":
        """The same with the train part of the first users only."""
        return replace(self, train=Sequences(self.train.sequences[:users], self.train.n_items))

    def on(self, device: torch.device) -> TrainingData:
        """Padded to the study's longest input, on a device."""
        return padded(self.train, self.validation, HISTORY, device)


def corpus(settings: Settings, dataset: str) -> Corpus:
    """Office or Toys.

    Args:
        settings: where the data are; with `quick` or without data it is a stand-in.
        dataset: office or toys.
    """
    if settings.quick:
        return made(settings.cache, f"{dataset} (tiny)", TINY)
    if settings.data is None:
        return made(settings.cache, f"{dataset} (stand-in)", SIZES[dataset])
    folder = settings.cache / dataset
    if not _complete(folder):
        source, raw = settings.data / dataset, settings.cache / f"{dataset}-raw"
        tables = raw / "interactions.parquet", raw / "items.parquet"
        files = Files(interactions=str(source / "interactions.csv.gz"), items=str(source / "items.csv.gz"))
        write_tables(read_files(files), *tables)
        prepared = prepare(*tables, Protocol(), EXPECTED[dataset])
        _write(folder, prepared.interactions)
    return read(dataset, folder)


def datasets(settings: Settings) -> tuple[str, ...]:
    """Names of the datasets; the first alone in a quick run."""
    return tuple(SIZES)[: 1 if settings.quick else None]


def made(cache: Path, name: str, size: Size) -> Corpus:
    """A stand-in of this size, the same one every time."""
    folder = cache / f"made-{size.users}-{size.items}"
    if not _complete(folder):
        _write(folder, interactions(size))
    return read(name, folder)


def _write(folder: Path, events: pd.DataFrame) -> None:
    """The parts that training reads; the test part is not even written."""
    split = leave_one_out(events)
    for path, part in zip(_parts(folder), (split.train, split.valid), strict=True):
        write_parquet(path, part)
    _log.info("%s: %d interactions to train on", folder, len(split.train))


def _complete(folder: Path) -> bool:
    return all(path.is_file() for path in _parts(folder))


def _parts(folder: Path) -> tuple[Path, Path]:
    return folder / "train.parquet", folder / "valid.parquet"


def read(name: str, folder: Path) -> Corpus:
    """What `corpus` or `made` wrote into a folder, by any name."""
    train, valid = _parts(folder)
    return Corpus(name, folder, read_train(train), read_cases(valid, [train]))
