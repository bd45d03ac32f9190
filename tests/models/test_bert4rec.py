"""BERT4Rec against PyTorch's own encoder layer, its masks, its question at test time, its loss and parameter count."""

import math
from dataclasses import replace

import pytest
import torch
from torch import nn

from hidden import hidden_states
from plain_draws import integers
from small import DIM, HISTORY, METHODS, N_ITEMS, N_USERS, blueprint, data, member
from spectran.config.backbones import BERT4Rec
from spectran.config.methods import Base
from spectran.config.training import Evaluation, Training
from spectran.models.backbones import build_backbone
from spectran.models.counting import trainable_parameters
from spectran.models.members import Pack
from spectran.models.noise import PackedNoise
from spectran.models.randomness import stream
from spectran.training.loss import negatives_from
from spectran.training.pack import PackRun

N, MASK = N_ITEMS, N_ITEMS + 1


class Reference:
    """One unpacked BERT4Rec out of torch.nn parts."""

    def __init__(self, model, k, options) -> None:
        self.options = options
        self.state = {name.removeprefix("backbone."): value[k].detach() for name, value in model.named_parameters()}

    def norm(self, name, x):
        return nn.functional.layer_norm(x, (DIM,), self.state[f"{name}.weight"], self.state[f"{name}.bias"], 1e-12)

    def layer(self, i):
        layer = nn.TransformerEncoderLayer(
            DIM, self.options.heads, 4 * DIM, 0.0, "gelu", 1e-12, batch_first=True, dtype=torch.float64
        )
        part = {n.removeprefix(f"blocks.{i}."): v for n, v in self.state.items() if n.startswith(f"blocks.{i}.")}
        three = [f"attention.{name}" for name in ("query", "key", "value")]
        layer.load_state_dict(
            {
                "self_attn.in_proj_weight": torch.cat([part[f"{name}.weight"].T for name in three]),
                "self_attn.in_proj_bias": torch.cat([part[f"{name}.bias"] for name in three]),
                "self_attn.out_proj.weight": part["attention.output.weight"].T,
                "self_attn.out_proj.bias": part["attention.output.bias"],
                "linear1.weight": part["inner.weight"].T,
                "linear1.bias": part["inner.bias"],
                "linear2.weight": part["outer.weight"].T,
                "linear2.bias": part["outer.bias"],
                "norm1.weight": part["attention_norm.weight"],
                "norm1.bias": part["attention_norm.bias"],
                "norm2.weight": part["feed_forward_norm.weight"],
                "norm2.bias": part["feed_forward_norm.bias"],
            }
        )
        return layer

    def hidden(self, ids, table):
        with_mask = torch.cat([table, self.state["mask"][None]])
        x = self.norm("norm", with_mask[ids] + self.state["positions"])
        for i in range(self.options.blocks):
            x = self.layer(i)(x, src_key_padding_mask=ids == N)
        if not self.options.output_transform:
            return x
        dense = x @ self.state["transform.dense.weight"] + self.state["transform.dense.bias"]
        return self.norm("transform.norm", nn.functional.gelu(dense))


def model_of(folder, options=None, **changes):
    """A model in evaluation whose every parameter is far from its start, so that each matters."""
    plan = blueprint(folder, METHODS["base"], options or BERT4Rec())
    model = plan.build((member(0, **changes), member(1, **changes))).eval()
    generator = torch.Generator().manual_seed(1)
    with torch.no_grad():
        for parameter in model.backbone.parameters():
            parameter += 0.3 * torch.randn(parameter.shape, dtype=torch.float64, generator=generator)
    return model


@pytest.mark.parametrize(
    "options", [BERT4Rec(), BERT4Rec(heads=1, blocks=1), BERT4Rec(heads=4, output_transform=False)], ids=str
)
def test_it_equals_a_model_of_torch_parts(tmp_path, options):
    model = model_of(tmp_path, options, mask_ratio=0.4)
    inputs = model.backbone.examples(data().sequences.expand(2, -1, -1), N, last_only=False).inputs
    table = model.method.item_table().detach()
    found = hidden_states(model, inputs, table)
    assert (inputs == MASK).any()
    assert (inputs == N).any()
    for k in range(2):
        expected = Reference(model, k, options).hidden(inputs[k], table[k])
        real = inputs[k] != N
        torch.testing.assert_close(found[k][real], expected[real], rtol=1e-9, atol=1e-9)


def test_the_question_keeps_all_ten_items_of_a_history(tmp_path):
    plan = replace(blueprint(tmp_path, METHODS["base"], BERT4Rec()), history=10)
    model = plan.build((member(0), member(1))).eval()
    table = model.method.item_table()

    def answer(history):
        history = torch.tensor(history).expand(2, 1, -1)
        return model.backbone.query(history, N), model.user_vectors(history, table)[:, 0]

    history = list(range(10))
    ids, before = answer(history)
    assert ids[0, 0].tolist() == [*history, MASK]
    assert model.backbone.positions.shape == (2, 11, DIM)
    for place in range(10):
        _, after = answer([*history[:place], 20, *history[place + 1 :]])
        assert not torch.allclose(before, after), f"item {place} of the history does not count"


def test_learning_the_last_item_asks_the_question_of_the_test():
    backbone, _ = masker([0.4])
    sequences = torch.tensor([[[N, 3, 4, 5], [6, 7, 8, 9]]])
    examples = backbone.examples(sequences, N, last_only=True)
    assert torch.equal(examples.inputs, backbone.query(sequences[..., :-1], N))
    assert examples.targets.tolist() == [[[N, N, N, 5], [N, N, N, 9]]]


def test_the_length_of_the_padding_changes_nothing(tmp_path):
    model = model_of(tmp_path)
    table = model.method.item_table()
    items = torch.tensor([4, 5]).expand(2, 1, -1)
    padded = nn.functional.pad(items, (HISTORY - 2, 0), value=N)
    short, long = (model.user_vectors(ids, table) for ids in (items, padded))
    torch.testing.assert_close(short, long, rtol=1e-12, atol=1e-12)


def test_the_mask_vector_is_no_row_of_the_item_table(tmp_path):
    model = model_of(tmp_path)
    table = model.method.item_table()
    assert table.shape == (2, N + 1, DIM)
    vectors = model.backbone.embed(torch.tensor([[3, N, MASK]]).expand(2, -1), table)
    assert torch.equal(vectors, torch.stack([table[:, 3], torch.zeros(2, DIM), model.backbone.mask], dim=1))


def masker(ratios, **options):
    """A backbone whose members have these mask ratios, and its noise."""
    pack = Pack(tuple(member(seed, mask_ratio=ratio) for seed, ratio in enumerate(ratios)), torch.float64)
    noise = PackedNoise(pack)
    begin(noise, 1, 0)
    return build_backbone(BERT4Rec(**options), pack, DIM, 10, noise), noise


def begin(noise, epoch, step):
    """Draw as in this step from now on."""
    noise.begin_epoch(epoch, step + 1)
    noise.set_step(step)
    noise.begin_step()


def masks(backbone, sequences):
    """Where items are masked, after looking at what inputs and targets say of it."""
    sequences = sequences.expand(len(backbone.mask), -1, -1)
    examples = backbone.examples(sequences, N, last_only=False)
    masked = examples.inputs == MASK
    assert torch.equal(examples.inputs[~masked], sequences[~masked])
    assert torch.equal(examples.targets, torch.where(masked, sequences, N))
    assert (examples.targets[masked] < N).all(), "padding was masked"
    return masked


USERS = 20_000
FULL = (torch.arange(11) + torch.arange(USERS)[:, None]) % N


def test_items_are_masked_with_each_members_own_ratio_and_at_least_one():
    ratios = [0.2, 0.6]
    masked = masks(masker(ratios, last_item_ratio=0.0)[0], FULL)
    assert masked.any(dim=-1).all()
    for ratio, found in zip(ratios, masked, strict=True):
        none = (1 - ratio) ** 11
        # Each position by itself, and a share of the one mask of users who would have none.
        expected = ratio + none / 11
        tolerance = 4 * math.sqrt(expected * (1 - expected) / USERS)
        assert found.double().mean(dim=0).tolist() == pytest.approx([expected] * 11, abs=tolerance)
        together = (found[:, 0] & found[:, 1]).double().mean().item()
        assert together == pytest.approx(ratio**2, abs=tolerance), "neighbours are masked independently"


def test_the_one_mask_falls_on_every_real_item_alike():
    sequences = FULL.clone()
    sequences[:, :7] = N
    found = masks(masker([1e-9], last_item_ratio=0.0)[0], sequences)[0]
    assert (found.sum(dim=-1) == 1).all()
    assert found.double().mean(dim=0)[7:].tolist() == pytest.approx([0.25] * 4, abs=4 * math.sqrt(0.1875 / USERS))


@pytest.mark.parametrize("share", [0.0, 0.5, 1.0])
def test_the_last_item_alone_is_masked_for_a_share_of_the_users(share):
    found = masks(masker([0.2], last_item_ratio=share)[0], FULL)[0]
    only_last = found[:, -1] & ~found[:, :-1].any(dim=-1)
    by_chance = 0.2 * 0.8**10 + 0.8**11 / 11
    expected = share + (1 - share) * by_chance
    assert only_last.double().mean().item() == pytest.approx(expected, abs=4 * math.sqrt(0.25 / USERS))


def test_short_sequences():
    sequences = torch.tensor([[N, N, N, 5], [N, N, 6, 7], [N, N, N, N]]).expand(1, -1, -1)
    for last_only in (False, True):
        examples = masker([0.6])[0].examples(sequences, N, last_only=last_only)
        assert (examples.targets[0] < N).any(dim=-1).tolist() == [False, True, False]


def test_masks_differ_between_steps_and_epochs_and_come_again():
    backbone, noise = masker([0.4])
    first, twice = masks(backbone, FULL[:50]), masks(backbone, FULL[:50])
    begin(noise, 1, 1)
    other_step = masks(backbone, FULL[:50])
    begin(noise, 2, 0)
    other_epoch = masks(backbone, FULL[:50])
    begin(noise, 1, 0)
    assert torch.equal(first, masks(backbone, FULL[:50]))
    for other in (twice, other_step, other_epoch):
        assert not torch.equal(first, other)


def test_masks_do_not_depend_on_the_pack():
    together = masks(masker([0.2, 0.6])[0], FULL[:50])
    assert torch.equal(together[:1], masks(masker([0.2])[0], FULL[:50]))
    backbone, noise = masker([0.2, 0.6])
    noise.keep([1])
    backbone.keep([1])
    alone = backbone.examples(FULL[None, :50], N, last_only=False).inputs == MASK
    assert torch.equal(together[1:], alone)


def test_the_loss_is_the_mean_over_masked_positions(tmp_path):
    """One epoch of one step against a plain loop."""
    one, plan = member(3, dropout=0.0, mask_ratio=0.4), blueprint(tmp_path, METHODS["base"], BERT4Rec())
    model = plan.build((one,))
    table = model.method.item_table().detach()
    begin(model.noise, 1, 0)
    order = torch.randperm(N_USERS, generator=stream(one.seed, "order", 1))
    examples = model.backbone.examples(data().sequences[order][None], N, last_only=False)
    hidden = hidden_states(model, examples.inputs, table).detach()[0]
    targets = examples.targets[0]
    # Before the negatives come a draw of masks, one at the input, and three a block.
    numbers = torch.tensor(integers(one.seed, 1, 0, 1 + 1 + 2 * 3, N_USERS * (HISTORY + 1), 5))
    losses = []
    for user, place in (targets < N).nonzero().tolist():
        target = targets[user, place : place + 1]
        drawn = negatives_from(numbers[user * (HISTORY + 1) + place], target, N)
        vectors = table[0, torch.cat([target, drawn])]
        scores = nn.functional.cosine_similarity(hidden[user, place], vectors, dim=-1) / 0.07
        losses.append(-scores.log_softmax(dim=0)[0].item())
    run = PackRun(plan, (one,), data(), Training(batch=N_USERS, negatives=5), Evaluation())
    run.advance()
    assert run.records[0].rows[0]["loss"] == pytest.approx(math.fsum(losses) / len(losses), rel=1e-10)


def test_masked_items_teach_the_next_one(tmp_path):
    plan = blueprint(tmp_path, METHODS["base"], BERT4Rec())
    training = Training(batch=8, epochs=60, patience=60, negatives=10)
    run = PackRun(plan, (member(0, dropout=0.0, mask_ratio=0.4),), data(), training, Evaluation())
    rows = run.records[0].rows
    while not any(run.stopped()):
        run.advance()
    # The last epoch, not the best: among sixty of chance the best is high. 0.08 is chance's standard deviation.
    assert rows[-1]["hr@10"] > 10 / N + 3 * 0.08


@pytest.mark.parametrize("scale", [0.0, 0.5])
def test_scale_of_the_mask_vector(tmp_path, scale):
    plan = blueprint(tmp_path, METHODS["base"], BERT4Rec(mask_scale=scale), dim=64)
    assert plan.build((member(),)).backbone.mask.std().item() == pytest.approx(scale, rel=0.3)


@pytest.mark.parametrize("transform", [True, False])
@pytest.mark.parametrize(("n_items", "dim", "history"), [(11_757, 128, 10), (23, 16, 6)])
def test_parameter_count(n_items, dim, history, transform):
    options = BERT4Rec(output_transform=transform)
    found = trainable_parameters(options, Base(), n_items=n_items, dim=dim, text_dim=dim, rank=dim, history=history)
    attention, feed_forward, norm = 4 * dim**2 + 4 * dim, 8 * dim**2 + 5 * dim, 2 * dim
    encoder = dim + (history + 1) * dim + norm + 2 * (attention + feed_forward + 2 * norm)
    assert found == (n_items + 1) * dim + encoder + transform * (dim**2 + dim + norm)


def test_parameters_of_a_cell_by_hand():
    # Table 24 x 8, [MASK] 8, positions 7 x 8, norm 16; twice 288 + 16 + 552 + 16; transform 72 + 16.
    found = trainable_parameters(BERT4Rec(), Base(), n_items=23, dim=8, text_dim=8, rank=8, history=6)
    assert found == 192 + 8 + 56 + 16 + 2 * 872 + 88
