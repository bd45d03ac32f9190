"""sentence-transformers on item titles, all of them for each line that is read. Runs by itself.

    python encode_titles.py '{"folder": "model", "titles": "titles.json", "batch": 32, "threads": 2, "device": "cpu"}'

reads a list of titles, encodes all once to warm up and writes {"seconds": ...} for it, then once more for each line.
Nothing but the batch is chosen: the library sorts by length itself, and moves every vector to the processor.
"""

import json
import logging
import sys
import time
from pathlib import Path
from typing import Any

import torch
from sentence_transformers import SentenceTransformer


def main(settings: dict[str, Any]) -> None:
    """Encode on demand."""
    torch.set_num_threads(settings["threads"])
    model = SentenceTransformer(settings["folder"], device=settings["device"])
    titles = json.loads(Path(settings["titles"]).read_text(encoding="utf-8"))
    while True:
        start = time.perf_counter()
        model.encode(titles, batch_size=settings["batch"], show_progress_bar=False)
        print(json.dumps({"seconds": time.perf_counter() - start}), flush=True)
        if sys.stdin.readline().strip() != "encode":
            return


if __name__ == "__main__":
    logging.disable(logging.WARNING)
    main(json.loads(sys.argv[1]))
