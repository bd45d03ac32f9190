"""The reference as a peer: nothing that the workflow sets for its own process makes it faster or slower."""

import sys
from pathlib import Path

from benchmarks.data import Corpus
from benchmarks.peers.client import Peer
from benchmarks.settings import Settings


class Reference(Peer):
    """One model of the reference, on the same train part.

    Args:
        settings: its threads and device.
        corpus: the data.
        backbone: sasrec, bert4rec or hstu.
        method: a kind that the reference has.
        width: columns of the text, if the method reads any.
    """

    def __init__(self, settings: Settings, corpus: Corpus, backbone: str, method: str, width: int) -> None:
        options = {
            "folder": str(corpus.folder),
            "backbone": backbone,
            "method": method,
            "width": width,
            "threads": settings.threads,
            "device": settings.device.type,
        }
        server = ["-m", "benchmarks.reference.server"]
        super().__init__(Path(sys.executable), settings.threads, server, options, sys.path)

    def epoch(self) -> float:
        """Seconds of one more training epoch."""
        return self.ask("epoch")

    def rank(self) -> float:
        """Seconds of the full ranking of the validation part."""
        return self.ask("rank")
