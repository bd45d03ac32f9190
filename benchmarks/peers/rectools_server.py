"""RecTools' SASRec, BERT4Rec or HSTU, an epoch for each line that is read. Runs in the peers' environment, by itself.

    python rectools_server.py '{"train": "train.csv", "model": "sasrec", "threads": 2, ...}'

reads the train part (columns user, item, timestamp), trains one epoch to warm up and writes {"seconds": ...} for it,
then for each line `epoch` one more, then for each line `rank` its recommendations for all users, as it makes them.

The peer gets the workflow's users, items and sequences, its sizes, batch, negatives, cosine and temperature, and
otherwise the fastest way that it offers:

* no validation, progress bar, checkpoint, logger or model summary;
* batches collated in the process itself; two worker processes on two cores took longer (`workers`);
* sampled softmax over 64 negatives, its only loss of that kind; its full softmax over all items took longer;
* HSTU without the bias of times, which ours does not have either;
* recommendations by its torch ranker in batches of 1024 users, best 20, nothing filtered.

An epoch's seconds are taken between Lightning's own hooks around it, so that set-up counts for nothing.
"""

import json
import logging
import sys
import time
import warnings
from typing import Any

import pandas as pd
import torch
from pytorch_lightning import Callback, LightningModule, Trainer
from rectools import Columns
from rectools.dataset import Dataset
from rectools.models import BERT4RecModel, HSTUModel, SASRecModel

MODELS: dict[str, Any] = {"sasrec": SASRecModel, "bert4rec": BERT4RecModel, "hstu": HSTUModel}
OPTIONS: dict[str, dict[str, Any]] = {
    "sasrec": {},
    "bert4rec": {"mask_prob": 0.2},
    "hstu": {"relative_time_attention": False, "relative_pos_attention": True},
}
#: More epochs than anyone asks for.
MANY = 10**6


class OnDemand(Callback):
    """Trains an epoch when it is told to, and says how long it took."""

    def __init__(self) -> None:
        self.start = 0.0

    def on_train_epoch_start(self, trainer: Trainer, pl_module: LightningModule) -> None:
        """Start the clock."""
        self.start = now()

    def on_train_epoch_end(self, trainer: Trainer, pl_module: LightningModule) -> None:
        """Answer, and wait for a line; anything but `epoch` ends training."""
        answer(now() - self.start)
        trainer.should_stop = sys.stdin.readline().strip() != "epoch"


def now() -> float:
    """Seconds, once all work is done."""
    if torch.cuda.is_available():
        torch.cuda.synchronize()
    return time.perf_counter()


def answer(seconds: float) -> None:
    """One line of JSON."""
    print(json.dumps({"seconds": seconds}), flush=True)


def trainer() -> Trainer:
    """A trainer that does nothing but train."""
    return Trainer(
        max_epochs=MANY,
        min_epochs=0,
        callbacks=[OnDemand()],
        logger=False,
        enable_checkpointing=False,
        enable_progress_bar=False,
        enable_model_summary=False,
        accelerator=ACCELERATOR,
        devices=1,
    )


def model(settings: dict[str, Any]) -> Any:
    """The model of these settings."""
    return MODELS[settings["model"]](
        n_blocks=settings["blocks"],
        n_heads=settings["heads"],
        n_factors=settings["dim"],
        session_max_len=settings["history"],
        batch_size=settings["batch"],
        dropout_rate=settings["dropout"],
        lr=settings["learning_rate"],
        loss=settings.get("loss", "sampled_softmax"),
        n_negatives=settings["negatives"],
        similarity_module_kwargs={"distance": settings["similarity"]},
        lightning_module_kwargs={"logits_t": settings["temperature"]},
        dataloader_num_workers=settings["workers"],
        recommend_batch_size=1024,
        get_trainer_func=trainer,
        **OPTIONS[settings["model"]],
    )


def main(settings: dict[str, Any]) -> None:
    """Train and rank on demand."""
    torch.set_num_threads(settings["threads"])
    columns = {"user": Columns.User, "item": Columns.Item, "timestamp": Columns.Datetime}
    table = pd.read_csv(settings["train"]).rename(columns=columns)
    table[Columns.Datetime] = pd.to_datetime(table[Columns.Datetime], unit="s")
    table[Columns.Weight] = 1.0
    dataset = Dataset.construct(table)
    peer = model(settings)
    peer.fit(dataset)
    users = table[Columns.User].unique()
    while True:
        start = now()
        peer.recommend(users=users, dataset=dataset, k=20, filter_viewed=False)
        answer(now() - start)
        if not sys.stdin.readline():
            return


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    logging.getLogger("pytorch_lightning").setLevel(logging.ERROR)
    given = json.loads(sys.argv[1])
    ACCELERATOR = "gpu" if given["device"] == "cuda" else "cpu"
    main(given)
