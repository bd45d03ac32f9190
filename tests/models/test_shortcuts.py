"""What is left out changes nothing: padding, the last block's places that nobody asks for, users without a history."""

import pytest
import torch

from hidden import hidden_states, hidden_states_of_everything
from small import BACKBONES, HISTORY, METHODS, N_ITEMS, blueprint, data, member
from spectran.config.backbones import HSTU, BERT4Rec, SASRec
from spectran.models.layout import Places, real_first
from spectran.models.noise import PackedNoise

OPTIONS = [*BACKBONES.values(), SASRec(form="alphafuse"), SASRec(heads=2, blocks=1), HSTU(heads=2), BERT4Rec(heads=4)]
#: The one that mixes a sequence's vectors before the backbone, and one that does not; as on a CPU and as on a GPU.
CELLS = [
    pytest.param(options, method, dense, id=f"{method}-{options.kind}-{i}-{'dense' if dense else 'sparse'}")
    for i, options in enumerate(OPTIONS)
    for method in ("base", "llm-esr")
    for dense in (False, True)
]


@pytest.fixture
def model(tmp_path, options, method, dense):
    model = blueprint(tmp_path, METHODS[method], options).build((member(0), member(1))).eval()
    generator = torch.Generator().manual_seed(1)
    with torch.no_grad():
        for parameter in model.backbone.parameters():
            parameter += 0.3 * torch.randn(parameter.shape, dtype=torch.float64, generator=generator)
    model.dense = dense
    return model


@pytest.fixture
def ids(model):
    """Another few users for each member, so that one has more padding than the other; one user has no history."""
    histories = torch.stack([data().histories[:9], data().histories[9:18]])
    histories[0, 3] = N_ITEMS
    histories[1, :4, :-1] = N_ITEMS
    return model.backbone.query(histories, N_ITEMS)


def assert_close(found, expected):
    torch.testing.assert_close(found, expected, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize(("options", "method", "dense"), CELLS)
def test_padding_that_is_left_out_changes_no_hidden_state(model, ids):
    table = model.method.item_table()
    real = ids != N_ITEMS
    assert_close(hidden_states(model, ids, table)[real], hidden_states_of_everything(model, ids, table)[real])


@pytest.mark.parametrize(("options", "method", "dense"), CELLS)
def test_padding_that_is_left_out_changes_no_gradient(model, ids):
    real = ids != N_ITEMS
    gradients = []
    for of in (hidden_states, hidden_states_of_everything):
        model.zero_grad()
        of(model, ids, model.method.item_table())[real].pow(3).sum().backward()
        gradients.append({name: parameter.grad.clone() for name, parameter in model.named_parameters()})
    for name, gradient in gradients[0].items():
        scale = gradient.abs().max().item() + 1
        torch.testing.assert_close(gradient, gradients[1][name], rtol=1e-10, atol=1e-11 * scale, msg=name)


@pytest.mark.parametrize("rows", [None, 9 * HISTORY])
@pytest.mark.parametrize(("options", "method", "dense"), CELLS)
def test_the_last_block_computes_what_is_wanted_as_if_it_were_all(model, ids, rows):
    table = model.method.item_table()
    real = ids != N_ITEMS
    layout = model.layout(real, real, rows)
    everything = layout.grid(model(ids, table, layout, layout.rows), layout.rows).flatten(1, 2)
    size = layout.rows.size
    learned = real.flatten(1) & (torch.arange(size) % 3 == 0)
    learned[1, size // 2 :] = False  # so that the second member's places end with some that nobody asks for
    wanted = Places.of(real_first(learned, real.flatten(1)), size)
    assert wanted.count < layout.rows.count
    assert not wanted.values(learned).all()
    assert_close(model(ids, table, layout, wanted), wanted.collect(everything))


@pytest.mark.parametrize(("options", "method", "dense"), CELLS)
def test_users_are_found_by_the_last_hidden_state(model, ids):
    table = model.method.item_table()
    histories = ids[..., :HISTORY]
    known = (histories != N_ITEMS).any(dim=-1)
    found = model.user_vectors(histories, table)
    everything = hidden_states_of_everything(model, ids, table)[:, :, -1]
    assert_close(found, everything)
    assert found.isfinite().all()
    assert not known.all(), "the example must have a user of whom nothing is known"


@pytest.mark.parametrize("known", [0, 1])
@pytest.mark.parametrize(("options", "method", "dense"), CELLS)
def test_a_batch_of_little_known_users_is_answered(model, known):
    """Fewer items in all than a history has places."""
    table = model.method.item_table()
    histories = torch.full((2, 2, HISTORY), N_ITEMS)
    histories[:, 0, HISTORY - known :] = 5
    found = model.user_vectors(histories, table)
    assert found.isfinite().all()
    ids = model.backbone.query(histories, N_ITEMS)
    assert_close(found, hidden_states_of_everything(model, ids, table)[:, :, -1])
    alone = model.user_vectors(histories[:, :1], table)
    assert_close(alone, found[:, :1])


@pytest.mark.parametrize(("options", "method", "dense"), CELLS)
def test_dropout_falls_on_the_same_places_whatever_is_left_out(model, ids):
    """Also with the last block's shortcut: a number belongs to a place."""
    table = model.method.item_table()
    real = ids != N_ITEMS
    model.train()
    model.noise.begin_epoch(1, 1)
    model.noise.set_step(0)
    found = []
    for of in (hidden_states, hidden_states_of_everything):
        model.noise.begin_step()
        found.append(of(model, ids, table)[real])
    assert_close(*found)
    layout = model.layout(real, real)
    length, size = ids.shape[2], layout.rows.size
    ends = Places.of(torch.arange(length - 1, size, length).expand(2, -1)[:, 4:], size)
    model.noise.begin_step()
    last = model(ids, table, layout, ends)
    model.noise.begin_step()
    assert_close(last, hidden_states(model, ids, table)[:, 4:, -1])
    model.eval()
    assert not torch.allclose(hidden_states(model, ids, table)[real], found[0])


def test_noise_is_of_the_whole_model(tmp_path):
    model = blueprint(tmp_path, METHODS["unisrec"]).build((member(0),))
    assert sum(isinstance(module, PackedNoise) for module in model.modules()) == 1
