"""HSTU against the authors' formula in plain loops, its parameter count, and what padding and position mean."""

import math

import pytest
import torch

from hidden import hidden_states
from small import DIM, HISTORY, METHODS, N_ITEMS, blueprint, data, member
from spectran.config.backbones import HSTU
from spectran.config.methods import Base
from spectran.models.counting import trainable_parameters


def model_of(folder, options, *, seeds=(0, 1)):
    """A model in evaluation whose every parameter is far from its start, so that each matters."""
    model = blueprint(folder, METHODS["base"], options).build(tuple(map(member, seeds))).eval()
    generator = torch.Generator().manual_seed(1)
    with torch.no_grad():
        for parameter in model.backbone.parameters():
            parameter += 0.5 * torch.randn(parameter.shape, dtype=torch.float64, generator=generator)
    return model


def unit(x):
    return (x - x.mean()) / torch.sqrt(x.var(unbiased=False) + 1e-6)


def plain(state, k, options, items, table):
    """Hidden states of one member for one user's items alone, without any padding: position by position."""
    part = {name.removeprefix("backbone."): value[k].detach() for name, value in state.items()}
    scale = math.sqrt(DIM) if options.scale_input else 1.0
    first = HISTORY - len(items)
    x = [table[item] * scale + part["positions"][first + place] for place, item in enumerate(items)]
    width = DIM // options.heads
    for block in range(options.blocks):
        z = [torch.nn.functional.silu(unit(row) @ part[f"blocks.{block}.uvqk"]) for row in x]
        u, v, q, k_ = zip(*(row.split(DIM) for row in z), strict=True)
        out = []
        for i in range(len(x)):
            read = torch.zeros(DIM, dtype=torch.float64)
            for head in range(options.heads):
                columns = slice(head * width, (head + 1) * width)
                for j in range(i + 1):
                    score = q[i][columns] @ k_[j][columns]
                    if options.position_bias:
                        score = score + part[f"blocks.{block}.bias"][HISTORY - 1 + j - i]
                    read[columns] += torch.nn.functional.silu(score) / HISTORY * v[j][columns]
            gated = u[i] * unit(read)
            out.append(x[i] + gated @ part[f"blocks.{block}.output.weight"] + part[f"blocks.{block}.output.bias"])
        x = out
    return torch.stack(x)


@pytest.mark.parametrize(
    "options", [HSTU(), HSTU(heads=2, scale_input=True), HSTU(position_bias=False, blocks=1)], ids=str
)
def test_it_equals_the_formula(tmp_path, options):
    model = model_of(tmp_path, options)
    ids, table = data().histories[:12], model.method.item_table().detach()
    found = hidden_states(model, ids.expand(2, -1, -1), table)
    state = dict(model.named_parameters())
    for k in range(2):
        for row, user in enumerate(ids.tolist()):
            items = [item for item in user if item != N_ITEMS]
            expected = plain(state, k, options, items, table[k])
            torch.testing.assert_close(found[k, row, -len(items) :], expected, rtol=1e-9, atol=1e-9)


def test_a_later_item_changes_no_earlier_state(tmp_path):
    model = model_of(tmp_path, HSTU())
    table = model.method.item_table()
    ids = torch.tensor([3, 1, 4, 1, 5, 9]).expand(2, 1, -1)
    before = hidden_states(model, ids, table)
    for place in range(1, HISTORY):
        other = ids.clone()
        other[..., place] = 7
        after = hidden_states(model, other, table)
        assert torch.equal(before[:, :, :place], after[:, :, :place])
        assert (before[:, :, place:] != after[:, :, place:]).any(dim=-1).all()


def test_the_length_of_the_padding_changes_nothing(tmp_path):
    model = model_of(tmp_path, HSTU())
    table = model.method.item_table()
    items = torch.tensor([4, 5]).expand(2, 1, -1)
    padded = torch.nn.functional.pad(items, (HISTORY - 2, 0), value=N_ITEMS)
    short, long = (hidden_states(model, ids, table) for ids in (items, padded))
    torch.testing.assert_close(short, long[:, :, -2:], rtol=1e-12, atol=1e-12)


def test_the_position_bias_can_be_left_out(tmp_path):
    plan = blueprint(tmp_path, METHODS["base"], HSTU(position_bias=False))
    assert not any("bias" in name and "output" not in name for name, _ in plan.build((member(),)).named_parameters())


def test_initial_values_are_the_authors(tmp_path):
    backbone = blueprint(tmp_path, METHODS["base"], HSTU(), dim=64).build((member(0), member(1))).backbone
    assert backbone.positions.abs().max() <= 2 / math.sqrt(64)
    # A normal distribution cut off at two standard deviations has 0.8796 of its standard deviation.
    assert backbone.positions.std().item() == pytest.approx(0.8796 / math.sqrt(64), rel=0.05)
    block = backbone.blocks[0]
    assert block.uvqk.std().item() == pytest.approx(0.02, rel=0.02)
    assert block.output.weight.abs().max().item() == pytest.approx(math.sqrt(6 / 128), rel=0.01)
    assert (block.output.bias == 0).all()


@pytest.mark.parametrize(("n_items", "dim", "history"), [(11_757, 128, 10), (23, 16, 6)])
def test_parameter_count(n_items, dim, history):
    found = trainable_parameters(HSTU(), Base(), n_items=n_items, dim=dim, text_dim=dim, rank=dim, history=history)
    block = 4 * dim**2 + (2 * history - 1) + dim**2 + dim
    assert found == (n_items + 1) * dim + history * dim + 2 * block


def test_parameters_of_a_cell_by_hand():
    # Table 24 x 8, positions 6 x 8, twice W 8 x 32, bias 11, W_o 8 x 8 + 8.
    assert trainable_parameters(HSTU(), Base(), n_items=23, dim=8, text_dim=8, rank=8, history=6) == 192 + 48 + 2 * 339
