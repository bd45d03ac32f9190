"""A member that leaves the finite numbers leaves the pack: the others go on as without it, and it is never chosen."""

import math
from dataclasses import replace

import pandas as pd
import pytest
import torch

from small import METHODS, Small, member
from spectran.config.training import Compute, Training, Tuning
from spectran.divergence import DivergedError
from spectran.io import read_json
from spectran.training import pack
from spectran.training.cell import Trained, train_cell, write_cell
from spectran.training.outcome import Outcome
from spectran.training.pack import PackRun

SOUND = [member(0), member(2, dropout=0.0)]
#: Its first step makes parameters so large that no score of the second is a number.
WILD = member(1, learning_rate=1e300)
TOGETHER = Compute(device="cpu", pack=3, checkpoint_seconds=0)


def small(folder, **changes):
    return Small(folder, METHODS["base"], **changes)


def same_bits(a, b):
    return a.rows == b.rows and all(torch.equal(tensor, b.state[name]) for name, tensor in a.state.items())


@pytest.mark.parametrize("pack_size", [1, 3])
def test_it_leaves_and_the_others_go_on_as_without_it(tmp_path, caplog, pack_size):
    cell = small(tmp_path, compute=replace_pack(pack_size))
    outcomes = cell.schedule("with").train([SOUND[0], WILD, SOUND[1]])
    lines = [record.getMessage() for record in caplog.records]
    assert lines == [f"diverged in epoch 1 (loss nan): {WILD}"]
    without = cell.schedule("without").train(SOUND)
    assert [outcomes[one].diverged for one in (SOUND[0], WILD, SOUND[1])] == [False, True, False]
    last = outcomes[WILD].rows[-1]
    assert last["epoch"] == len(outcomes[WILD].rows) == 1
    assert math.isnan(last["loss"])
    assert math.isnan(last["ndcg@20"])
    for one in SOUND:
        assert len(outcomes[one].rows) == cell.training.epochs
        assert same_bits(outcomes[one], without[one])


def replace_pack(size):
    return Compute(device="cpu", pack=size, checkpoint_seconds=0)


def test_a_finite_loss_with_scores_that_are_none_is_divergence_too(tmp_path, monkeypatch):
    """Parameters that burst in the last step of an epoch leave its loss finite, and would rank every target first."""

    def burst(learner, epoch, steps, users):
        if epoch == 3:
            with torch.no_grad():
                next(iter(learner.model.parameters()))[1] = float("inf")
        return torch.ones(len(learner.model.noise.members))

    monkeypatch.setattr(pack, "train_epoch", burst)
    cell = small(tmp_path, compute=TOGETHER)
    pair = [member(0), member(1)]
    outcomes = cell.schedule().train(pair)
    assert [outcomes[one].diverged for one in pair] == [False, True]
    lost = outcomes[pair[1]]
    assert [math.isnan(row["ndcg@20"]) for row in lost.rows] == [False, False, True]
    assert (lost.rows[-1]["loss"], lost.best_epoch) == (1.0, 1)


def test_it_is_read_back_as_it_was_and_not_trained_again(tmp_path, monkeypatch):
    cell = small(tmp_path)
    first = cell.schedule().train([WILD])[WILD]
    loaded = Outcome.load(tmp_path / "state", WILD, "fingerprint")
    assert loaded.diverged
    assert str(loaded.rows) == str(first.rows)
    monkeypatch.setattr(PackRun, "advance", lambda run: pytest.fail("trained again"))
    assert cell.schedule().train([WILD])[WILD].diverged


def test_an_interruption_right_after_it_changes_nothing(tmp_path, monkeypatch):
    cell = small(tmp_path, compute=TOGETHER)
    members = [SOUND[0], WILD, SOUND[1]]
    unbroken = cell.schedule("unbroken").train(members)
    advance = PackRun.advance

    def interrupted(run, *users):
        if run.epoch == 1:
            raise KeyboardInterrupt
        return advance(run, *users)

    monkeypatch.setattr(PackRun, "advance", interrupted)
    with pytest.raises(KeyboardInterrupt):
        cell.schedule("broken").train(members)
    monkeypatch.setattr(PackRun, "advance", advance)
    resumed = cell.schedule("broken").train(members)
    assert resumed[WILD].diverged
    assert all(same_bits(resumed[one], unbroken[one]) for one in SOUND)


def diverging(monkeypatch, wild):
    """Make those members diverge in their second epoch for which `wild` holds."""
    train = pack.train_epoch

    def trained(learner, epoch, steps, users):
        losses = train(learner, epoch, steps, users)
        lost = torch.tensor([epoch == 2 and wild(one) for one in learner.model.noise.members])
        return losses.masked_fill(lost, float("nan"))

    monkeypatch.setattr(pack, "train_epoch", trained)


GRID = Tuning(dropout=(0.0, 0.3, 0.6))


def written(folder, schedule, trained):
    write_cell(folder, trained, schedule)
    return pd.read_parquet(folder / "trials.parquet")


def test_it_is_never_chosen_and_every_row_says_where_it_ended(tmp_path, monkeypatch):
    schedule = small(tmp_path, training=Training(batch=16, epochs=3, negatives=5, learning_rate=0.01)).schedule()
    best = train_cell(schedule, GRID, (0,)).choice()["dropout"]
    diverging(monkeypatch, lambda one: one.dropout == best)
    schedule = replace(schedule, state=tmp_path / "other")
    trained = train_cell(schedule, GRID, (0, 1))
    choice = trained.choice()
    assert choice["dropout"] != best
    assert (choice["trials"], choice["diverged_trials"]) == (3, 1)
    assert choice["validation_ndcg@20"] == max(o.best for o in trained.searched if o.member.dropout != best)
    trials = written(tmp_path / "cell", schedule, trained)
    assert read_json(tmp_path / "cell" / "training.json")["choice"] == choice
    ended = trials[trials["diverged"]]
    assert ended[["phase", "dropout", "epoch"]].values.tolist() == [["search", best, 2]]
    assert ended["loss"].isna().all()
    assert trials["diverged"].dtype == bool


def test_the_best_of_a_trial_that_diverged_later_is_not_the_choice_s():
    rows = [{"epoch": 1, "loss": 4.0, "ndcg@20": 0.5}]
    lost = Outcome(member(0, dropout=0.1), {}, 0.9, 1, rows, 1.0, 1.0, diverged=True)
    sound = Outcome(member(0, dropout=0.3), {}, 0.5, 1, rows, 1.0, 1.0, diverged=False)
    choice = Trained(searched=[lost, sound], final=[sound]).choice()
    assert (choice["validation_ndcg@20"], choice["trials"], choice["diverged_trials"]) == (0.5, 2, 1)


@pytest.mark.parametrize(
    ("wild", "message"),
    [
        (
            lambda one: one.seed == 1,
            r"^loss or scores not finite: seed 1 in epoch 2, with weight_decay 0, dropout 0, id_scale ",
        ),
        (
            lambda one: True,
            r"^all 3 trials diverged, the first, seed 0 in epoch 2, with weight_decay 0, dropout 0, id_scale 1, ",
        ),
    ],
    ids=["a final member", "every trial"],
)
def test_where_there_is_no_result_it_is_said_and_the_curves_are_kept(tmp_path, monkeypatch, wild, message):
    diverging(monkeypatch, wild)
    training = Training(batch=16, epochs=3, negatives=5, learning_rate=0.01)
    schedule = small(tmp_path, training=training).schedule()
    trained = train_cell(schedule, GRID, (0, 1, 2))
    with pytest.raises(DivergedError, match=message):
        write_cell(tmp_path / "cell", trained, schedule)
    assert [path.name for path in (tmp_path / "cell").iterdir()] == ["trials.parquet"]
    assert pd.read_parquet(tmp_path / "cell" / "trials.parquet")["diverged"].any()
