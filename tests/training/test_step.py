"""A training step: users who teach little or nothing, sizes that are known before, and every way to compute it."""

import math

import numpy as np
import pytest
import torch

from small import BACKBONES, HISTORY, METHODS, N_ITEMS, N_USERS, blueprint, data, member
from spectran.config.training import Evaluation, Training
from spectran.data.sequences import Cases, Sequences
from spectran.training import scores
from spectran.training.data import prepare
from spectran.training.pack import PackRun

LOSSES = [Training(batch=4, negatives=5), Training(batch=4, negatives="all", exclude="history", targets="last")]


def data_of(*lengths):
    """Users with so many items in the train part; each validates."""
    users = [(np.arange(length) * 3 + user) % N_ITEMS for user, length in enumerate(lengths)]
    known = Sequences(users, N_ITEMS)
    return prepare(known, Cases(np.arange(len(users)), known, np.arange(len(users))), HISTORY, torch.device("cpu"))


@pytest.mark.parametrize("backbone", BACKBONES)
def test_real_inputs_are_as_many_as_the_backbone_says(tmp_path, backbone):
    inputs = data_of(*range(1, HISTORY + 4))
    assert inputs.items.tolist() == [*range(1, HISTORY + 2), HISTORY + 1, HISTORY + 1]
    model = blueprint(tmp_path, METHODS["base"], BACKBONES[backbone]).build((member(0), member(1)))
    model.noise.begin_epoch(1, 1)
    model.noise.set_step(0)
    for last_only in (False, True):
        model.noise.begin_step()
        examples = model.backbone.examples(inputs.sequences.expand(2, -1, -1), N_ITEMS, last_only=last_only)
        found = (examples.inputs != N_ITEMS).sum(dim=2)
        assert found.tolist() == [model.backbone.inputs_of(inputs.items).tolist()] * 2


@pytest.mark.parametrize("dense", [True, False])
@pytest.mark.parametrize("training", LOSSES, ids=["sampled", "all"])
@pytest.mark.parametrize("method", ["base", "llm-esr"])
@pytest.mark.parametrize("backbone", BACKBONES)
def test_batches_of_users_with_one_item_take_a_step_all_the_same(tmp_path, backbone, method, training, dense):
    """Two batches or one have nothing to learn, and the last one has one user."""
    plan = blueprint(tmp_path, METHODS[method], BACKBONES[backbone])
    one = member(0, learning_rate=1e-2, dropout=0.0)
    run = PackRun(plan, (one, member(1)), data_of(1, 1, 1, 1, 1, 1, 1, 1, 4), training, Evaluation())
    run.model.dense = dense
    run.advance()
    assert run.adam.steps == 3
    for record in run.records:
        assert math.isfinite(record.rows[0]["loss"])
        assert math.isfinite(record.rows[0]["ndcg@20"])
    for name, parameter in run.model.named_parameters():
        assert parameter.isfinite().all(), name


@pytest.mark.parametrize("backbone", BACKBONES)
def test_the_mean_is_over_targets_not_over_users_or_places(tmp_path, backbone):
    """At a rate of zero, users with one item beside the others change nothing; so does the size of the batch."""
    plan = blueprint(tmp_path, METHODS["base"], BACKBONES[backbone])
    still = member(0, learning_rate=0.0, dropout=0.0)
    losses = []
    for lengths, batch in (((3, 5, 7), 3), ((3, 5, 7), 1), ((3, 5, 7, 1, 1), 2)):
        training = Training(batch=batch, negatives="all", targets="last")
        run = PackRun(plan, (still,), data_of(*lengths), training, Evaluation())
        run.advance()
        losses.append(run.records[0].rows[0]["loss"])
    assert losses == pytest.approx(losses[:1] * 3, rel=1e-12)


@pytest.mark.parametrize(
    ("backbone", "method", "changes"),
    [
        ("sasrec", "spectran", {}),
        ("bert4rec", "base", {"similarity": "dot"}),
        ("hstu", "base", {"exclude": "history", "targets": "last"}),
        ("sasrec", "unisrec", {"negatives": "all"}),
        ("hstu", "spectran", {"negatives": "all", "exclude": "history", "targets": "last"}),
    ],
)
def test_a_gpus_way_a_cpus_way_and_a_small_catalogues_way_train_the_same(
    tmp_path, monkeypatch, backbone, method, changes
):
    """Two epochs, and a member that leaves after the first; with every kind of dropout on."""
    training = Training(**({"batch": 16, "negatives": 5} | changes))
    plan = blueprint(tmp_path, METHODS[method], BACKBONES[backbone])
    members = (member(0, dropout=0.3), member(2), member(1, dropout=0.1))
    runs = []
    for dense, most in ((False, 0), (False, N_ITEMS), (True, 0), (True, N_ITEMS)):
        for name in ("PRODUCT_ITEMS", "PRODUCT_ITEMS_DENSE"):
            monkeypatch.setattr(scores, name, most)
        run = PackRun(plan, members, data(), training, Evaluation())
        run.model.dense = dense
        run.advance()
        run.keep([0, 2])
        run.advance()
        runs.append(run)
    for run in runs[1:]:
        for (name, one), other in zip(runs[0].model.named_parameters(), run.model.parameters(), strict=True):
            # A key's bias has no effect and no true gradient: Adam makes steps out of rounding noise.
            if "key.bias" not in name:
                torch.testing.assert_close(one, other, rtol=1e-9, atol=1e-9, msg=name)
        for record, other in zip(runs[0].records, run.records, strict=True):
            for row, same in zip(record.rows, other.rows, strict=True):
                assert row == pytest.approx(same, rel=1e-8)


@pytest.mark.parametrize("method", ["base", "llminit", "rlmrec"])
def test_the_padding_row_of_a_table_that_is_an_id_table_stays_zero(tmp_path, method):
    """The table is read as it is, padding row and all: weight decay and Adam leave the row alone."""
    plan = blueprint(tmp_path, METHODS[method])
    pair = (member(0, weight_decay=0.1), member(1, weight_decay=0.1))
    for items in ("5", "all"):
        training = Training(batch=8, negatives=items if items == "all" else int(items), exclude="history")
        run = PackRun(plan, pair, data(), training, Evaluation())
        for _ in range(2):
            run.advance()
        assert (run.model.method.item_table()[:, -1] == 0).all()
        assert (run.adam.second["method.ids.weight"][:, -1] == 0).all()
    assert len(data().items) == N_USERS
