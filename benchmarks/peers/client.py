"""Peers in processes of their own, which do one piece of work when they are asked to."""

import json
import os
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import IO, Any, Self

import pandas as pd

from benchmarks.cells import BACKBONES, DIM, DROPOUT, TRAINING
from benchmarks.data import HISTORY, Corpus
from benchmarks.settings import Settings

FOLDER = Path(__file__).parent


class PeerError(ValueError):
    """The peer ended without an answer."""


class Peer:
    """A program that answers each line with seconds.

    Args:
        python: what runs it.
        threads: what OpenMP may take.
        server: the program, as Python is told it: a script, or a module of this project.
        options: what it is told at its start.
        path: where it finds modules, beside its own environment.
    """

    def __init__(
        self, python: Path, threads: int, server: Sequence[str], options: dict[str, Any], path: Sequence[str] = ()
    ) -> None:
        self.server = " ".join(server)
        self.log = tempfile.TemporaryFile("w+", encoding="utf-8")  # noqa: SIM115 - closed with the process
        self.process = subprocess.Popen(
            [str(python), *server, json.dumps(options)],
            env=os.environ | {"OMP_NUM_THREADS": str(threads), "PYTHONPATH": os.pathsep.join(path)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self.log,
            encoding="utf-8",
        )
        try:
            self.seconds()  # the warm-up
        except PeerError:
            self.close()
            raise

    def __enter__(self) -> Self:
        """The peer, ready to work."""
        return self

    def __exit__(self, *_: object) -> None:
        """End the process."""
        self.close()

    def close(self) -> None:
        """End the process."""
        self.process.kill()
        self.process.communicate()
        self.log.close()

    def ask(self, line: str) -> float:
        """Send a line and wait for seconds."""
        print(line, file=_open(self.process.stdin), flush=True)
        return self.seconds()

    def seconds(self) -> float:
        """What the peer answers.

        Raises:
            PeerError: with the end of what it said, if it ended instead.
        """
        line = _open(self.process.stdout).readline()
        if not line:
            self.process.wait()
            self.log.seek(0)
            raise PeerError(f"{self.server}: seconds expected, but it ended with: {self.log.read()[-2000:]}")
        return float(json.loads(line)["seconds"])


class RecTools(Peer):
    """One model of RecTools, on the same train part.

    Args:
        settings: its Python, threads and device.
        corpus: the data.
        backbone: sasrec, bert4rec or hstu.
    """

    def __init__(self, settings: Settings, corpus: Corpus, backbone: str) -> None:
        table = corpus.folder / "train.csv"
        pd.read_parquet(corpus.folder / "train.parquet").to_csv(table, index=False)
        options = {
            "train": str(table),
            "model": backbone,
            "blocks": BACKBONES[backbone].blocks,
            "heads": BACKBONES[backbone].heads,
            "dim": DIM,
            "history": HISTORY,
            "batch": TRAINING.batch,
            "dropout": DROPOUT,
            "learning_rate": TRAINING.learning_rate,
            "negatives": TRAINING.negatives,
            "similarity": TRAINING.similarity,
            "temperature": TRAINING.temperature,
            "threads": settings.threads,
            "device": settings.device.type,
            "workers": 0,
        }
        assert settings.rectools is not None
        super().__init__(settings.rectools, settings.threads, [str(FOLDER / "rectools_server.py")], options)

    def epoch(self) -> float:
        """Seconds of one more training epoch."""
        return self.ask("epoch")

    def rank(self) -> float:
        """Seconds of recommending to all users; no epoch can follow."""
        return self.ask("rank")


def _open(stream: IO[str] | None) -> IO[str]:
    assert stream is not None
    return stream
