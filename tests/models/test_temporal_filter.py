"""The filter over time against scipy and numpy, sequence by sequence; what reads ahead; what is learned."""

import numpy as np
import pytest
import torch
from scipy import signal

from hidden import hidden_states
from small import HISTORY, METHODS, N_ITEMS, blueprint, data, member
from spectran.config.backbones import HSTU, BERT4Rec, SASRec
from spectran.config.temporal import TemporalFilter
from spectran.models.members import Pack
from spectran.models.noise import PackedNoise
from spectran.models.temporal_filter import Filtered, PackedTemporalFilter

LENGTH, WIDTH = 6, 3
MEMBERS = (member(0, dropout=0.0), member(1, dropout=0.5))
#: Real places of five sequences of two members.
LENGTHS = torch.tensor([[6, 1, 2, 0, 5], [3, 6, 4, 1, 2]])


def build(length=LENGTH, **options):
    pack = Pack(MEMBERS, torch.float64)
    found = PackedTemporalFilter(pack, "filter", TemporalFilter(**options), length, PackedNoise(pack)).eval()
    if found.cutoff.logit is not None:
        with torch.no_grad():
            found.cutoff.logit += torch.tensor([[0.5], [-0.5]], dtype=torch.float64)
    return found


def states(length=LENGTH):
    generator = torch.Generator().manual_seed(length)
    return torch.randn(*LENGTHS.shape, length, WIDTH, dtype=torch.float64, generator=generator)


def expected(x, form, order, cutoff):
    """One sequence without padding, (T, w)."""
    if form == "circular":
        gains = 1 / np.sqrt(1 + (2 * np.fft.rfftfreq(len(x)) / cutoff) ** (2 * order))
        return np.fft.irfft(gains[:, None] * np.fft.rfft(x, axis=0), n=len(x), axis=0)
    b, a = signal.butter(order, cutoff)
    return signal.lfilter(b, a, x, axis=0, zi=signal.lfilter_zi(b, a)[:, None] * x[:1])[0]


@pytest.mark.parametrize("learned", [False, True])
@pytest.mark.parametrize("mode", ["replace", "residual"])
@pytest.mark.parametrize("form", ["causal", "circular"])
@pytest.mark.parametrize("length", [LENGTH, LENGTH + 2])
def test_real_places_are_filtered_as_if_there_were_no_padding(form, mode, learned, length):
    """A filter that is made for longer sequences does the same."""
    module = build(length, form=form, mode=mode, order=3, cutoff=0.3, learned=learned)
    x = states()
    found = module(x, LENGTHS).detach()
    cutoffs = module.cutoff.values().expand(2).tolist()
    assert (cutoffs[0] != cutoffs[1]) == learned
    for k, b in np.ndindex(*LENGTHS.shape):
        count = max(1, int(LENGTHS[k, b]))  # the last place of an empty history counts
        own = x[k, b, -count:].numpy()
        wanted = expected(own, form, 3, cutoffs[k]) + (own if mode == "residual" else 0)
        np.testing.assert_allclose(found[k, b, -count:], wanted, rtol=0, atol=1e-9)


@pytest.mark.parametrize("learned", [False, True])
@pytest.mark.parametrize("form", ["causal", "circular"])
def test_matrices_are_zero_at_padding_and_rows_sum_to_one(form, learned):
    matrices = build(form=form, learned=learned).matrices().detach()
    assert matrices.shape == (2 if learned else 1, LENGTH + 1, LENGTH, LENGTH)
    for count, matrix in enumerate(matrices[0]):
        padding = torch.arange(LENGTH) < LENGTH - max(1, count)
        assert (matrix[padding] == 0).all()
        assert (matrix[:, padding] == 0).all()
        torch.testing.assert_close(matrix.sum(dim=1), (~padding).double(), rtol=0, atol=1e-12)


@pytest.mark.parametrize("form", ["causal", "circular"])
def test_two_places_and_one(form):
    module = build(form=form, cutoff=0.2)
    x = states(2)
    found = module(x, LENGTHS.clamp(max=2))
    torch.testing.assert_close(found[0, 1, -1], x[0, 1, -1], rtol=0, atol=1e-12)
    assert not torch.allclose(found[0, 2, -1], x[0, 2, -1])
    torch.testing.assert_close(module(x[:, :, 1:], LENGTHS.clamp(max=1)), x[:, :, 1:], rtol=0, atol=1e-12)


@pytest.mark.parametrize(("form", "ahead"), [("causal", False), ("circular", True)])
def test_only_the_circular_form_lets_a_place_read_a_later_one(form, ahead):
    module = build(form=form)
    x = states()
    other = x.clone()
    other[..., -1, :] += 1.0
    before, after = module(x, LENGTHS), module(other, LENGTHS)
    changed = (before != after).any(dim=-1)[LENGTHS == LENGTH]
    assert changed[:, -1].all()
    assert changed[:, :-1].all() if ahead else not changed[:, :-1].any()


@pytest.mark.parametrize("form", ["causal", "circular"])
def test_gradients_are_finite_differences(form):
    module = build(4, form=form, order=2, cutoff=0.4, learned=True, mode="residual")
    lengths = torch.tensor([[4, 1], [2, 3]])
    x = states()[:, :2, -4:].clone().requires_grad_()

    def of(x, logit):
        return torch.func.functional_call(module, {"cutoff.logit": logit}, (x, lengths))[lengths[..., None] > 3 - row]

    row = torch.arange(4)
    assert torch.autograd.gradcheck(of, (x, module.cutoff.logit.detach().clone().requires_grad_()))


@pytest.mark.parametrize("rate", [0.0, 0.25, None])
def test_dropout_has_its_own_rate_or_the_members(rate):
    pack = Pack(MEMBERS, torch.float64)
    noise = PackedNoise(pack)
    module = PackedTemporalFilter(pack, "filter", TemporalFilter(dropout=rate), LENGTH, noise)
    x, lengths = torch.ones(2, 200, LENGTH, 8, dtype=torch.float64), torch.full((2, 200), LENGTH)
    noise.begin_epoch(1, 1)
    noise.set_step(0)
    noise.begin_step()
    found = module.train()(x, lengths)
    for k, one in enumerate(MEMBERS):
        own = one.dropout if rate is None else rate
        assert float((found[k] == 0).double().mean()) == pytest.approx(own, abs=0.02)
        torch.testing.assert_close(found[k].max(), torch.tensor(1 / (1 - own)).double())
    torch.testing.assert_close(module.eval()(x, lengths), x, rtol=0, atol=1e-9)


@pytest.mark.parametrize("options", [SASRec(), BERT4Rec(), HSTU()])
@pytest.mark.parametrize("form", ["causal", "circular"])
def test_states_are_each_blocks_own_after_its_filter(tmp_path, options, form):
    backbone = options.model_copy(update={"temporal_filter": TemporalFilter(form=form, cutoff=0.3)})
    model = blueprint(tmp_path, METHODS["base"], backbone).build(MEMBERS).eval()
    plain = blueprint(tmp_path, METHODS["base"], options).build(MEMBERS).eval()
    ids = model.backbone.query(data().histories[:7].expand(2, -1, -1), N_ITEMS)
    real = ids != N_ITEMS
    layout = model.layout(real, real)
    x = model.backbone.embed(layout.rows.values(ids.flatten(1)), model.method.item_table())
    states = model.backbone.states(x, layout)
    assert len(states) == options.blocks + 1
    assert not any(state.requires_grad for state in states)
    torch.testing.assert_close(states[0], plain.backbone.states(x, layout)[0])
    length = HISTORY + (options.kind == "bert4rec")
    module = PackedTemporalFilter(Pack(MEMBERS, torch.float64), "f", backbone.temporal_filter, length, model.noise)
    for before, after, block in zip(states, states[1:], plain.backbone.blocks, strict=False):
        grid = module(layout.grid(block(before, layout, layout.rows), layout.rows), real.sum(dim=-1))
        expected = layout.rows.collect(grid.flatten(1, 2))
        there = layout.rows.values(real.flatten(1))
        torch.testing.assert_close(after[there], expected[there].detach(), rtol=1e-12, atol=1e-12)


def test_a_whole_recommender_reads_ahead_with_the_circular_form_alone(tmp_path):
    """The paper's leak: with a loss at every place, inputs show the targets."""
    ids = torch.arange(HISTORY).expand(2, 1, -1).clone()
    other = ids.clone()
    other[..., -1] = 17
    changed = {}
    for form in ("causal", "circular"):
        plan = blueprint(tmp_path, METHODS["base"], SASRec(temporal_filter=TemporalFilter(form=form)))
        model = plan.build(MEMBERS).eval()
        assert all(isinstance(block, Filtered) for block in model.backbone.blocks)
        table = model.method.item_table()
        before, after = (hidden_states(model, batch, table) for batch in (ids, other))
        changed[form] = (before - after).abs().amax(dim=-1)[:, 0]
    assert (changed["causal"][:, :-1] == 0).all()
    assert (changed["causal"][:, -1] > 1e-6).all()
    assert (changed["circular"] > 1e-6).all()
