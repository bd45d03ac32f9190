"""Cost under one condition: what is counted, how often it is timed, and that more work takes more time."""

import numpy as np
import pandas as pd
import pytest
import torch

from made_splits import write_part
from small import HISTORY, METHODS, N_ITEMS, N_USERS, features, member, sequences
from spectran.config.backbones import SASRec
from spectran.config.cells import CellSettings
from spectran.config.training import Compute, Evaluation, Training, Tuning
from spectran.io import read_json
from spectran.models.counting import trainable_parameters
from spectran.training import efficiency
from spectran.training.inputs import TrainingInputs
from spectran.training.members_file import save_members
from spectran.training.outcome import Outcome

SEEDS = (3, 4)


@pytest.fixture
def files(tmp_path):
    train = [(user, item) for user, items in enumerate(sequences().sequences) for item in items]
    write_part(tmp_path / "train.parquet", pd.DataFrame(train, columns=["user", "item"]))
    valid = {"user": range(N_USERS), "item": np.arange(N_USERS) % N_ITEMS}
    write_part(tmp_path / "valid.parquet", pd.DataFrame(valid))
    outcomes = [
        Outcome(member(seed, mask_ratio=0.0), {"w": torch.zeros(1)}, 0.5, 1, [], 1.0, 1.0, False) for seed in SEEDS
    ]
    save_members(tmp_path / "members.safetensors", outcomes)
    return tmp_path


def measured(folder, method, epochs=2, repeats=3, negatives=5, seeds=SEEDS):
    settings = CellSettings(
        backbone=SASRec(),
        method=METHODS[method],
        dim=8,
        history=HISTORY,
        training=Training(batch=16, negatives=negatives),
        tuning=Tuning(),
        evaluation=Evaluation(),
        seeds=seeds,
    )
    text = features(folder).paths
    inputs = TrainingInputs(
        folder / "train.parquet",
        folder / "valid.parquet",
        {feature: text[feature] for feature in METHODS[method].reads()},
    )
    path = folder / "efficiency.json"
    efficiency.measure(
        settings,
        Compute(device="cpu"),
        inputs,
        members=folder / "members.safetensors",
        epochs=epochs,
        repeats=repeats,
        path=path,
        label="small",
    )
    return read_json(path)


@pytest.mark.parametrize(("method", "negatives"), [("base", 5), ("spectran", 5), ("spectran", "all")])
def test_a_record_counts_one_member_and_keeps_every_timing(files, method, negatives):
    record = measured(files, method, negatives=negatives)
    counts = {"n_items": N_ITEMS, "dim": 8, "text_dim": 12, "rank": 12, "history": HISTORY}
    assert record["trainable_parameters"] == trainable_parameters(SASRec(), METHODS[method], **counts)
    assert len(record["epochs_timed"]) == 2
    assert len(record["rankings_timed"]) == 3
    assert record["epoch_seconds"] == pytest.approx(np.median(record["epochs_timed"]))
    assert record["inference_seconds"] == sorted(record["rankings_timed"])[1]
    assert record["peak_memory_mb"] >= 0
    assert (record["batch"], record["threads"], record["device"]) == (16, 1, "cpu")


def test_the_first_run_of_each_is_not_counted(files, monkeypatch):
    clock = iter(range(1, 100))
    trained = []
    monkeypatch.setattr(efficiency.time, "perf_counter", lambda: next(clock) ** 2)
    monkeypatch.setattr(efficiency, "train_epoch", lambda learner, epoch, steps: trained.append(epoch))
    record = measured(files, "base", epochs=2, repeats=1)
    assert trained == [1, 2, 3]
    assert record["epochs_timed"] == [4**2 - 3**2, 6**2 - 5**2]
    assert record["rankings_timed"] == [10**2 - 9**2]


def test_the_member_is_the_first_of_the_stored_ones_and_those_are_the_study_s(files, monkeypatch):
    packs, run = [], efficiency.PackRun

    def noted(plan, pack, *rest, **how):
        packs.append(pack)
        return run(plan, pack, *rest, **how)

    monkeypatch.setattr(efficiency, "PackRun", noted)
    measured(files, "base", epochs=1, repeats=1)
    assert packs == [(member(3, mask_ratio=0.0),)]
    message = r"members\.safetensors: members of the seeds \[3\] expected in its metadata, found those of \[3, 4\]"
    with pytest.raises(ValueError, match=message):
        measured(files, "base", seeds=(3,))
