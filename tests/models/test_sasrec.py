"""SASRec in both forms against PyTorch's own modules, and its parts."""

import math

import pytest
import torch
from torch import nn

from hidden import hidden_states
from small import DIM, HISTORY, METHODS, N_ITEMS, blueprint, data, member
from spectran.config.backbones import SASRec
from spectran.config.training import Evaluation, Training
from spectran.models.backbones.backbone import causal_mask
from spectran.training.pack import PackRun


class Reference(nn.Module):
    """One unpacked SASRec of the older pmixer form, out of torch.nn parts, with padding masked as a key."""

    def __init__(self, state, k, blocks, heads, scale) -> None:
        super().__init__()
        self.state = {name.removeprefix("backbone."): value[k].detach() for name, value in state.items()}
        self.blocks, self.heads, self.scale = blocks, heads, scale

    def linear(self, name):
        layer = nn.Linear(DIM, DIM, dtype=torch.float64)
        layer.weight.data, layer.bias.data = self.state[f"{name}.weight"].T, self.state[f"{name}.bias"]
        return layer

    def norm(self, name, x):
        return nn.functional.layer_norm(x, (DIM,), self.state[f"{name}.weight"], self.state[f"{name}.bias"], 1e-8)

    def attention(self, name):
        layer = nn.MultiheadAttention(DIM, self.heads, batch_first=True, dtype=torch.float64)
        parts = [self.linear(f"{name}.{part}") for part in ("query", "key", "value")]
        layer.in_proj_weight.data = torch.cat([part.weight for part in parts])
        layer.in_proj_bias.data = torch.cat([part.bias for part in parts])
        layer.out_proj = self.linear(f"{name}.output")
        return layer

    def forward(self, ids, table):
        real = (ids != N_ITEMS)[..., None]
        x = (table[ids] * self.scale + self.state["positions"]) * real
        length = ids.shape[1]
        blocked = ~torch.ones(length, length, dtype=torch.bool).tril() | ~real.transpose(1, 2)
        blocked &= ~torch.eye(length, dtype=torch.bool)
        for i in range(self.blocks):
            query = self.norm(f"blocks.{i}.attention_norm", x)
            mask = blocked.repeat_interleave(self.heads, dim=0)
            attended, _ = self.attention(f"blocks.{i}.attention")(query, x, x, attn_mask=mask)
            x = self.norm(f"blocks.{i}.feed_forward_norm", query + attended)
            inner = torch.relu(self.linear(f"blocks.{i}.inner")(x))
            x = (x + self.linear(f"blocks.{i}.outer")(inner)) * real
        return self.norm("norm", x)


@pytest.mark.parametrize(("heads", "scale_input"), [(1, False), (2, False), (1, True)])
def test_it_equals_a_model_of_torch_parts(tmp_path, heads, scale_input):
    options = SASRec(heads=heads, scale_input=scale_input)
    model = blueprint(tmp_path, METHODS["base"], options).build((member(0), member(1))).eval()
    with torch.no_grad():
        for parameter in model.backbone.parameters():
            parameter += 0.3 * torch.randn(parameter.shape, dtype=torch.float64)
    ids, table = data().histories, model.method.item_table()
    found = hidden_states(model, ids.expand(2, -1, -1), table)
    real = ids != N_ITEMS
    for k in range(2):
        state = dict(model.named_parameters())
        reference = Reference(state, k, 2, heads, math.sqrt(DIM) if scale_input else 1.0)
        expected = reference(ids, table[k])
        torch.testing.assert_close(found[k][real], expected[real], rtol=1e-9, atol=1e-9)


class AlphaFuseReference(Reference):
    """The one block of AlphaFuse, out of torch.nn parts: attention without W_O, and LN(x + FFN(x))."""

    def attention(self, name):
        layer = super().attention(name)
        layer.out_proj.weight.data = torch.eye(DIM, dtype=torch.float64)
        layer.out_proj.bias.data = torch.zeros(DIM, dtype=torch.float64)
        return layer

    def linear(self, name):
        return nn.Linear(DIM, DIM, dtype=torch.float64) if name.endswith(".output") else super().linear(name)

    def forward(self, ids, table):
        real = (ids != N_ITEMS)[..., None]
        x = (table[ids] + self.state["positions"]) * real
        length = ids.shape[1]
        readable = (torch.ones(length, length).tril() > 0) & real.transpose(1, 2)
        readable |= torch.eye(length) > 0
        query = self.norm("blocks.0.attention_norm", x)
        mask = ~readable.repeat_interleave(self.heads, dim=0)
        attended, _ = self.attention("blocks.0.attention")(query, x, x, attn_mask=mask)
        x = self.norm("blocks.0.feed_forward_norm", attended + query)
        outer = self.linear("blocks.0.outer")(torch.relu(self.linear("blocks.0.inner")(x)))
        return self.norm("norm", self.norm("blocks.0.output_norm", outer + x) * real)


@pytest.mark.parametrize("heads", [1, 2])
def test_alphafuses_form_equals_a_model_of_torch_parts(tmp_path, heads):
    plan = blueprint(tmp_path, METHODS["base"], SASRec(form="alphafuse", heads=heads))
    model = plan.build((member(0), member(1))).eval()
    with torch.no_grad():
        for parameter in model.backbone.parameters():
            parameter += 0.3 * torch.randn(parameter.shape, dtype=torch.float64)
    ids, table = data().histories, model.method.item_table()
    found = hidden_states(model, ids.expand(2, -1, -1), table)
    real = ids != N_ITEMS
    for k in range(2):
        expected = AlphaFuseReference(dict(model.named_parameters()), k, 1, heads, 1.0)(ids, table[k])
        torch.testing.assert_close(found[k][real], expected[real], rtol=1e-9, atol=1e-9)


def test_alphafuses_form_learns_with_every_parameter(tmp_path):
    plan = blueprint(tmp_path, METHODS["base"], SASRec(form="alphafuse"))
    run = PackRun(plan, (member(0), member(1)), data(), Training(batch=8, epochs=26, patience=26), Evaluation())
    for _ in range(25):
        run.advance()
    losses = [row["loss"] for row in run.records[0].rows]
    assert losses[-1] < 0.8 * losses[0]
    for name, moment in run.adam.second.items():
        # A key's bias adds the same to all scores of a query, which softmax forgets.
        assert "key.bias" in name or (moment.flatten(1).sum(dim=1).sqrt() > 1e-8).all(), name


def test_alphafuses_form_has_one_block():
    assert SASRec(form="alphafuse").blocks == SASRec(form="alphafuse", blocks=1).blocks == 1
    assert SASRec().blocks == 2
    with pytest.raises(ValueError, match="AlphaFuse has one block: blocks 1 expected, found 2"):
        SASRec(form="alphafuse", blocks=2)


def test_shorter_inputs_use_the_last_positions(tmp_path):
    model = blueprint(tmp_path, METHODS["base"]).build((member(0),)).eval()
    table = model.method.item_table()
    short = torch.tensor([[[4, 5]]])
    long = torch.full((1, 1, HISTORY), N_ITEMS)
    long[..., -2:] = short
    short, long = (hidden_states(model, ids, table)[:, :, -1] for ids in (short, long))
    torch.testing.assert_close(short, long)


def test_attention_mask_by_hand():
    real = torch.tensor([[[False, True, True]]])
    expected = [[True, False, False], [False, True, False], [False, True, True]]
    assert causal_mask(real)[0, 0].tolist() == expected


def test_normal_initialisation_is_an_option(tmp_path):
    model = blueprint(tmp_path, METHODS["base"], SASRec(init="normal")).build((member(0),))
    assert model.backbone.blocks[0].attention.query.weight.std().item() == pytest.approx(0.02, rel=0.4)
