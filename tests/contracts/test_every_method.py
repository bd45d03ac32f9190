"""What every method on every backbone owes, whatever it is: shapes, padding, gradients, causality, learning."""

import pytest
import torch

from small import BACKBONES, DIM, HISTORY, METHODS, N_ITEMS, TEXT_DIM, blueprint, data, member
from spectran.config.training import Evaluation, Training
from spectran.training.pack import PackRun

CELLS = [pytest.param(b, m, id=f"{m}-{b}") for b in BACKBONES for m in METHODS]


@pytest.fixture
def plan(tmp_path, backbone, method):
    return blueprint(tmp_path, METHODS[method], BACKBONES[backbone])


@pytest.fixture
def model(plan):
    return plan.build((member(0), member(1, id_scale=0.1))).eval()


@pytest.mark.parametrize(("backbone", "method"), CELLS)
def test_item_table_has_a_row_an_item_and_a_zero_row_for_padding(model):
    table = model.method.item_table()
    assert table.shape == (2, N_ITEMS + 1, DIM)
    assert (table[:, -1] == 0).all()
    assert table[:, :-1].isfinite().all()
    assert table.dtype == torch.float64


@pytest.mark.parametrize(("backbone", "method"), CELLS)
def test_semantic_table_is_there_if_text_is_read(model, method):
    semantic = model.method.semantic_table()
    assert (semantic is not None) == bool(METHODS[method].reads())
    if semantic is not None:
        assert semantic.shape[:2] == (2, N_ITEMS)
        assert semantic.shape[2] <= DIM <= TEXT_DIM


@pytest.mark.parametrize(("backbone", "method"), CELLS)
def test_members_start_differently_and_each_as_its_seed_says(plan, model):
    alone = plan.build((member(1, id_scale=0.1),))
    for (name, both), single in zip(model.named_parameters(), alone.parameters(), strict=True):
        assert torch.equal(both[1], single[0]), name
    assert not torch.equal(model.method.item_table()[0], model.method.item_table()[1]) or not any(
        True for _ in model.method.parameters()
    )


@pytest.mark.parametrize(("backbone", "method"), CELLS)
def test_a_later_item_changes_no_earlier_output(model):
    ids = data().histories[:4].expand(2, -1, -1).clone()
    table = model.method.item_table()
    before = model(ids, table)
    ids[:, :, -1] = (ids[:, :, -1] + 5) % N_ITEMS
    after = model(ids, table)
    real = (ids != N_ITEMS)[:, :, :-1]
    assert torch.equal(before[:, :, :-1][real], after[:, :, :-1][real])
    assert not torch.allclose(before[:, :, -1], after[:, :, -1])


@pytest.mark.parametrize(("backbone", "method"), CELLS)
def test_what_stands_in_the_padding_row_changes_nothing(model):
    ids = torch.full((2, 3, HISTORY), N_ITEMS)
    ids[:, :, -2:] = torch.tensor([3, 7])
    table = model.method.item_table().detach()
    other = table.clone()
    other[:, -1] = 100.0
    assert torch.equal(model(ids, table)[:, :, -2:], model(ids, other)[:, :, -2:])


@pytest.mark.parametrize(("backbone", "method"), CELLS)
def test_gradient_reaches_every_parameter_and_no_padding_row(plan):
    run = PackRun(plan, (member(0), member(1)), data(), Training(batch=40, negatives=5), Evaluation())
    run.advance()
    for name, parameter in run.model.named_parameters():
        size = run.adam.second[name].flatten(1).sum(dim=1).sqrt()
        # A key's bias adds the same to all scores of a query, which softmax forgets: its true gradient is zero.
        if "key.bias" not in name:
            assert (size > 1e-8).all(), f"{name} got no gradient"
        assert parameter.isfinite().all(), name
    ids = getattr(run.model.method, "ids", None) or getattr(run.model.method, "fuse", None)
    rows = getattr(ids, "ids", ids)
    assert (rows.weight[:, -1] == 0).all()


@pytest.mark.parametrize(("backbone", "method"), CELLS)
def test_training_lowers_the_loss_and_beats_chance(plan):
    run = PackRun(plan, (member(0),), data(), Training(batch=8, epochs=25, patience=25, negatives=10), Evaluation())
    while run.epoch < 25 and run.records:
        outcome = run.advance() or None
        rows = outcome[0].rows if outcome else run.records[0].rows
    assert rows[-1]["loss"] < 0.8 * rows[0]["loss"]
    assert max(row["hr@10"] for row in rows) > 10 / N_ITEMS + 0.15


@pytest.mark.parametrize(("backbone", "method"), CELLS)
def test_dropout_is_off_in_evaluation(model):
    ids = data().histories.expand(2, -1, -1)
    table = model.method.item_table()
    assert torch.equal(model(ids, table), model(ids, table))
